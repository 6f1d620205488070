/** The page's steps: name, preview, call, end screen. */

import "./fallbacks";
import "./translation";
import { signal } from "@preact/signals";
import { render } from "preact";
import { enter } from "./call/connection";
import type { EndReason } from "./call/end-reason";
import { closeDevices } from "./devices";
import type { IconName } from "./icons";
import { isTooOld } from "./lobby/device-errors";
import { asksFeedbackAfter, END_SCREENS } from "./lobby/end-screens";
import { Feedback } from "./lobby/feedback";
import { MessageScreen } from "./lobby/message-screen";
import { NameStep } from "./lobby/name-step";
import { Preview } from "./lobby/preview";
import { Refusal } from "./lobby/refusal";
import { fetchRefusal, hideToken, Refused, readPage, requestTicket } from "./page";
import { setWords, t } from "./words";

type Step =
  | { at: "old" | "name" | "preview" | "joining" | "call" | "thanks" }
  | { at: "refused"; why: Refused }
  | { at: "ended"; how: EndReason; asks: boolean; refusal?: Refused };

type StageModule = typeof import("./call/stage");

const page = readPage();
setWords(page.words);
const name = signal(page.name);
const step = signal<Step>({ at: firstStep() });
/** The chunk that only the call needs, loaded while the preview shows. */
let stage: StageModule | null = null;

function firstStep(): "old" | "name" | "preview" {
  if (isTooOld(window)) return "old";
  return page.asksName ? "name" : "preview";
}

async function loadStage(): Promise<void> {
  stage ??= await import("./call/stage").catch(() => {
    throw new Refused(t("unreachable"), t("unreachableDetail"));
  });
}

async function join(): Promise<void> {
  step.value = { at: "joining" };
  try {
    await loadStage();
    await enter(
      (attempt) => requestTicket(page, name.value, attempt),
      (how) => void ended(how),
    );
    step.value = { at: "call" };
  } catch (reason) {
    closeDevices();
    const why = reason instanceof Refused ? reason : new Refused(t("failed"), t("unknownHelp"));
    await refused(why);
  }
}

/** Reload where the server renders the reason, or a changed recording notice, itself. */
async function refused(why: Refused): Promise<void> {
  const isStale = why.code === "recording_not_told" || (why.code && (await fetchRefusal(page)));
  if (isStale) location.reload();
  else step.value = { at: "refused", why };
}

/** When the meeting can no longer be joined, the server's page says why. */
async function ended(how: EndReason): Promise<void> {
  closeDevices();
  const asks = page.asksFeedback && asksFeedbackAfter(how);
  const shown: Step = { at: "ended", how, asks };
  step.value = shown;
  if (how === "left" || how === "elsewhere") return;
  const refusal = await fetchRefusal(page);
  if (!refusal || step.value !== shown) return; // the person may have continued meanwhile
  if (asks) step.value = { ...shown, refusal };
  else location.reload();
}

/** After feedback was sent or skipped. It is asked for once. */
function onFeedback(how: EndReason, isSent: boolean): void {
  page.asksFeedback = false;
  if (isSent) step.value = { at: "thanks" };
  else void ended(how);
}

const toPreview = () => {
  step.value = { at: "preview" };
};

function App() {
  const now = step.value;
  switch (now.at) {
    case "old":
      return <Message icon="app-window" title={t("tooOld")} detail={t("tooOldDetail")} />;
    case "name":
      return (
        <NameStep
          page={page}
          name={name.value}
          onName={(given) => {
            name.value = given;
            toPreview();
          }}
        />
      );
    case "call":
      return stage && <stage.Stage page={page} />;
    case "refused":
      return (
        <Refusal
          why={now.why}
          onBack={() => {
            step.value = { at: now.why.code === "name_needed" ? "name" : "preview" };
          }}
        />
      );
    case "thanks":
      return <Message icon="circle-check" title={t("thanks")} detail={t("thanksDetail")} />;
    case "ended":
      return <Ended {...now} />;
    default:
      return (
        <Preview
          page={page}
          name={name.value}
          isBusy={now.at === "joining"}
          onReady={() => void loadStage().catch(() => {})}
          onJoin={() => void join()}
          onRename={() => {
            step.value = { at: "name" };
          }}
        />
      );
  }
}

/** Without a button. */
function Message(props: { icon: IconName; title: string; detail: string }) {
  return <MessageScreen {...props} back="" onBack={toPreview} />;
}

function Ended({ how, asks, refusal }: { how: EndReason; asks: boolean; refusal?: Refused }) {
  const { icon, title, detail, back } = END_SCREENS[how];
  return (
    <MessageScreen
      icon={icon}
      title={refusal?.title ?? t(title)}
      detail={refusal?.detail ?? t(detail)}
      back={back && !refusal ? t(back) : ""}
      onBack={toPreview}
    >
      {asks && <Feedback page={page} onDone={(isSent) => onFeedback(how, isSent)} />}
    </MessageScreen>
  );
}

const root = document.getElementById("room");
if (root && hideToken(page)) start(root);

/** When it fails, what the server put there remains: it says that the browser may be too old. */
function start(root: HTMLElement): void {
  const before = [...root.childNodes];
  try {
    root.replaceChildren();
    render(<App />, root);
  } catch (error) {
    root.replaceChildren(...before);
    throw error;
  }
}
