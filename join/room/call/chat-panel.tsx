/** What people write to each other, and where one writes oneself. */

import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { regional } from "../door/start-time";
import { Icon } from "../icon";
import type { Page } from "../page";
import { say } from "../words";
import { draft, LONGEST, type Message, messages, sendDraft } from "./chat";
import { clockTime, grouped, isSending, pieces } from "./chat-text";
import { calledOn } from "./people";
import { Side } from "./side-panel";

/** Pixels from the end within which a reader is at the end. */
const NEARLY = 40;
/** Characters from which on the rest is counted. */
const COUNTED = 1_800;

export function ChatPanel({ page }: { page: Page }) {
  return (
    <Side which="chat" name={say("chat")} title={say("chat")}>
      <History language={regional(page.language, navigator.languages)} />
      <Writing />
    </Side>
  );
}

function History({ language }: { language: string }) {
  const { log, isBehind, follow, goToEnd } = useEnd();
  return (
    <div class="history">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it by keys */}
      <section ref={log} class="log" aria-label={say("chat")} tabIndex={0} onScroll={follow}>
        {messages.value.length === 0 && <Nothing />}
        <ol>
          {grouped(messages.value).map((group) => (
            <Group key={group[0]?.id} group={group} language={language} />
          ))}
        </ol>
      </section>
      {isBehind.value && (
        <button type="button" class="to-end" onClick={goToEnd}>
          <Icon name="arrow-down" />
          {say("newMessages")}
        </button>
      )}
    </div>
  );
}

/** Follow the newest message, unless the reader has gone back to older ones. */
function useEnd() {
  const log = useRef<HTMLElement>(null);
  const isAtEnd = useRef(true);
  const isBehind = useSignal(false);
  const newest = messages.value.at(-1);
  const follow = () => {
    if (!log.current) return;
    const { scrollHeight, scrollTop, clientHeight } = log.current;
    isAtEnd.current = scrollHeight - scrollTop - clientHeight < NEARLY;
    if (isAtEnd.current) isBehind.value = false;
  };
  const goToEnd = () => {
    log.current?.scrollTo({ top: log.current.scrollHeight });
    log.current?.focus(); // the button goes
  };
  useLayoutEffect(() => {
    if (isAtEnd.current || newest?.isOwn) log.current?.scrollTo({ top: log.current.scrollHeight });
    else isBehind.value = true;
  }, [newest, isBehind]);
  useLayoutEffect(() => keepEnd(log.current, isAtEnd), []);
  return { log, isBehind, follow, goToEnd };
}

/** Whoever is at the end stays there when a keyboard, or a growing field, takes room away. */
function keepEnd(log: HTMLElement | null, isAtEnd: { current: boolean }): () => void {
  const seeing = new ResizeObserver(() => {
    if (isAtEnd.current) log?.scrollTo({ top: log.scrollHeight });
  });
  if (log) seeing.observe(log);
  return () => seeing.disconnect();
}

function Nothing() {
  return (
    <div class="nothing">
      <Icon name="messages-square" />
      <p>{say("noMessages")}</p>
      <p class="small quiet">{say("noMessagesDetail")}</p>
    </div>
  );
}

function Group({ group, language }: { group: Message[]; language: string }) {
  const [first] = group;
  if (!first) return null;
  const { name, at, isOwn } = first;
  return (
    <li class={isOwn ? "said own-words" : "said"}>
      <p class="said-by small">
        <bdi class="said-name">{calledOn({ name, isLocal: isOwn })}</bdi>
        <time class="quiet" dateTime={new Date(at).toISOString()}>
          {clockTime(at, language)}
        </time>
      </p>
      {group.map((message) => (
        <Text key={message.id} text={message.text} />
      ))}
    </li>
  );
}

function Text({ text }: { text: string }) {
  return (
    <p class="text" dir="auto">
      {pieces(text).map(({ text, href }) =>
        href ? (
          <a href={href} target="_blank" rel="noopener noreferrer">
            {text}
          </a>
        ) : (
          text
        ),
      )}
    </p>
  );
}

function Writing() {
  const { isWrong, send } = useSending();
  const field = useRef<HTMLTextAreaElement>(null);
  const submit = (event: Event) => {
    event.preventDefault();
    field.current?.focus();
    void send();
  };
  return (
    <form class="writing" onSubmit={submit}>
      <label class="only-read" for="message">
        {say("message")}
      </label>
      <textarea
        ref={field}
        id="message"
        rows={1}
        dir="auto"
        maxLength={LONGEST}
        placeholder={say("message")}
        aria-invalid={isWrong.value}
        aria-describedby="message-problem message-rest"
        enterkeyhint="send"
        value={draft}
        onKeyDown={(event) => isSending(event) && submit(event)}
        onInput={(event) => {
          draft.value = event.currentTarget.value;
          isWrong.value = false;
        }}
      />
      <button type="submit" class="primary square" aria-label={say("send")} title={say("send")}>
        <Icon name="send-horizontal" />
      </button>
      <p id="message-problem" class="small wrong-field" role="alert">
        {isWrong.value && say("notSent")}
      </p>
      <p id="message-rest" class="small quiet">
        {draft.value.length > COUNTED &&
          say("charactersLeft", { count: String(LONGEST - draft.value.length) })}
      </p>
    </form>
  );
}

/** Once at a time, and nothing of nothing. */
function useSending() {
  const isWrong = useSignal(false);
  const isBusy = useRef(false);
  const send = async () => {
    if (isBusy.current || !draft.value.trim()) return;
    isBusy.current = true;
    isWrong.value = !(await sendDraft());
    isBusy.current = false;
  };
  return { isWrong, send };
}
