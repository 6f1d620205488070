/** The page's course: name, preview, call, farewell. */

import { signal } from "@preact/signals";
import { render } from "preact";
import { enter } from "./call/connection";
import type { Ending } from "./call/end-reason";
import { closeDevices } from "./devices";
import { isTooOld } from "./door/device-errors";
import { asksAfter, ENDS } from "./door/end-screens";
import { Feedback } from "./door/feedback";
import { Farewell } from "./door/message-screen";
import { NameStep } from "./door/name-step";
import { Preview } from "./door/preview";
import { Refusal } from "./door/refusal";
import type { IconName } from "./icons";
import { knock, Refused, readPage, shutDoor } from "./page";
import { say, speak } from "./words";

type Step =
  | { at: "old" | "name" | "preview" | "joining" | "call" | "thanks" }
  | { at: "refused"; why: Refused }
  | { at: "ended"; how: Ending; asks: boolean; shut?: Refused };

type StageModule = typeof import("./call/stage");

const page = readPage();
speak(page.words);
const name = signal(page.name);
const step = signal<Step>({ at: firstStep() });
/** What only the call needs. It comes while the preview shows. */
let stage: StageModule | null = null;

function firstStep(): "old" | "name" | "preview" {
  if (isTooOld(window)) return "old";
  return page.asksName ? "name" : "preview";
}

async function loadStage(): Promise<void> {
  stage ??= await import("./call/stage").catch(() => {
    throw new Refused(say("unreachable"), say("unreachableDetail"));
  });
}

async function join(): Promise<void> {
  step.value = { at: "joining" };
  try {
    await loadStage();
    await enter(
      (coming) => knock(page, name.value, coming),
      (how) => void ended(how),
    );
    step.value = { at: "call" };
  } catch (reason) {
    closeDevices();
    await refused(reason as Refused);
  }
}

/** What the door itself shows, or has to tell anew, the server's own page says best. */
async function refused(why: Refused): Promise<void> {
  const isStale = why.code === "recording_not_told" || (why.code && (await shutDoor()));
  if (isStale) location.reload();
  else step.value = { at: "refused", why };
}

/** The server knows best why a call is over: when its door is shut, its own page says why. */
async function ended(how: Ending): Promise<void> {
  closeDevices();
  const asks = page.asksFeedback && asksAfter(how);
  const told: Step = { at: "ended", how, asks };
  step.value = told;
  if (how === "left" || how === "elsewhere") return;
  const shut = await shutDoor();
  if (!shut || step.value !== told) return; // they may have gone on meanwhile
  if (asks) step.value = { ...told, shut };
  else location.reload();
}

/** After feedback or instead of it. It is not asked for a second time. */
function answered(how: Ending, isSent: boolean): void {
  page.asksFeedback = false;
  if (isSent) step.value = { at: "thanks" };
  else void ended(how);
}

const toPreview = () => {
  step.value = { at: "preview" };
};

function Course() {
  const now = step.value;
  switch (now.at) {
    case "old":
      return <Told icon="app-window" title={say("tooOld")} detail={say("tooOldDetail")} />;
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
      return <Told icon="circle-check" title={say("thanks")} detail={say("thanksDetail")} />;
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

/** Something to read, with nothing to do. */
function Told(said: { icon: IconName; title: string; detail: string }) {
  return <Farewell {...said} back="" onBack={toPreview} />;
}

function Ended({ how, asks, shut }: { how: Ending; asks: boolean; shut?: Refused }) {
  const { icon, title, detail, back } = ENDS[how];
  return (
    <Farewell
      icon={icon}
      title={shut?.title ?? say(title)}
      detail={shut?.detail ?? say(detail)}
      back={back && !shut ? say(back) : ""}
      onBack={toPreview}
    >
      {asks && <Feedback page={page} onDone={(isSent) => answered(how, isSent)} />}
    </Farewell>
  );
}

const root = document.getElementById("room");
if (root) {
  root.replaceChildren();
  render(<Course />, root);
}
