/** The chat: message log and text field. */

import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "../icon";
import { regionalLocale } from "../lobby/start-time";
import type { Page } from "../page";
import { t } from "../words";
import { draft, MAX_LENGTH, type Message, messages, sendDraft } from "./chat";
import { clockTime, grouped, isSendKey, pieces } from "./chat-text";
import { displayName } from "./people";
import { SidePanel } from "./side-panel";

/** Pixels from the end that count as the end. */
const END_TOLERANCE = 40;
/** Characters from which on the remaining ones are counted. */
const COUNTED_FROM = 1_800;

export function ChatPanel({ page }: { page: Page }) {
  return (
    <SidePanel which="chat" name={t("chat")} title={t("chat")}>
      <History language={regionalLocale(page.language, navigator.languages)} />
      <Composer />
    </SidePanel>
  );
}

function History({ language }: { language: string }) {
  const { log, isBehind, follow, goToEnd } = useScrollToEnd();
  return (
    <div class="history">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: makes it scrollable by keyboard */}
      <section ref={log} class="log" aria-label={t("chat")} tabIndex={0} onScroll={follow}>
        {messages.value.length === 0 && <EmptyLog />}
        <ol>
          {grouped(messages.value).map((group) => (
            <Group key={group[0]?.id} group={group} language={language} />
          ))}
        </ol>
      </section>
      {isBehind.value && (
        <button type="button" class="to-end" onClick={goToEnd}>
          <Icon name="arrow-down" />
          {t("newMessages")}
        </button>
      )}
    </div>
  );
}

/** Scroll to the newest message, unless the reader has scrolled up. */
function useScrollToEnd() {
  const log = useRef<HTMLElement>(null);
  const isAtEnd = useRef(true);
  const isBehind = useSignal(false);
  const newest = messages.value.at(-1);
  const follow = () => {
    if (!log.current) return;
    const { scrollHeight, scrollTop, clientHeight } = log.current;
    isAtEnd.current = scrollHeight - scrollTop - clientHeight < END_TOLERANCE;
    if (isAtEnd.current) isBehind.value = false;
  };
  const goToEnd = () => {
    log.current?.scrollTo({ top: log.current.scrollHeight });
    log.current?.focus(); // the button disappears
  };
  useLayoutEffect(() => {
    if (isAtEnd.current || newest?.isOwn) log.current?.scrollTo({ top: log.current.scrollHeight });
    else isBehind.value = true;
  }, [newest, isBehind]);
  useLayoutEffect(() => keepAtEnd(log.current, isAtEnd), []);
  return { log, isBehind, follow, goToEnd };
}

/** Keep the end in view when a keyboard, or a growing field, makes the log smaller. */
function keepAtEnd(log: HTMLElement | null, isAtEnd: { current: boolean }): () => void {
  const observer = new ResizeObserver(() => {
    if (isAtEnd.current) log?.scrollTo({ top: log.scrollHeight });
  });
  if (log) observer.observe(log);
  return () => observer.disconnect();
}

function EmptyLog() {
  return (
    <div class="nothing">
      <Icon name="messages-square" />
      <p>{t("noMessages")}</p>
      <p class="small quiet">{t("noMessagesDetail")}</p>
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
        <bdi class="said-name">{displayName({ name, isLocal: isOwn })}</bdi>
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
          <a href={href} dir="ltr" target="_blank" rel="noopener noreferrer">
            {text}
          </a>
        ) : (
          text
        ),
      )}
    </p>
  );
}

function Composer() {
  const { hasFailed, send } = useSending();
  const field = useRef<HTMLTextAreaElement>(null);
  const submit = (event: Event) => {
    event.preventDefault();
    field.current?.focus();
    void send();
  };
  return (
    <form class="writing" onSubmit={submit}>
      <label class="only-read" for="message">
        {t("message")}
      </label>
      <textarea
        ref={field}
        id="message"
        rows={1}
        dir="auto"
        maxLength={MAX_LENGTH}
        placeholder={t("message")}
        aria-invalid={hasFailed.value}
        aria-describedby="message-problem message-rest"
        enterkeyhint="send"
        value={draft}
        onKeyDown={(event) => isSendKey(event) && submit(event)}
        onInput={(event) => {
          draft.value = event.currentTarget.value;
          hasFailed.value = false;
        }}
      />
      <button type="submit" class="primary square" aria-label={t("send")} title={t("send")}>
        <Icon name="send-horizontal" />
      </button>
      <p id="message-problem" class="small wrong-field" role="alert">
        {hasFailed.value && t("notSent")}
      </p>
      <p id="message-rest" class="small quiet">
        {draft.value.length > COUNTED_FROM &&
          t("charactersLeft", { count: String(MAX_LENGTH - draft.value.length) })}
      </p>
    </form>
  );
}

/** One message at a time, and no blank ones. */
function useSending() {
  const hasFailed = useSignal(false);
  const isBusy = useRef(false);
  const send = async () => {
    if (isBusy.current || !draft.value.trim()) return;
    isBusy.current = true;
    hasFailed.value = !(await sendDraft());
    isBusy.current = false;
  };
  return { hasFailed, send };
}
