/** Single-key shortcuts. The dialog that lists them is made from the same table. */

import { signal } from "@preact/signals";
import type { Key } from "../words";

export type Action =
  | "microphone"
  | "talk"
  | "camera"
  | "share"
  | "hand"
  | "chat"
  | "people"
  | "view"
  | "fullScreen"
  | "shortcuts"
  | "close";

export interface Shortcut {
  action: Action;
  /** As KeyboardEvent.key has it where letters are Latin, in lower case. */
  key: string;
  /** Where that key is on a keyboard of other letters, as KeyboardEvent.code has it. */
  code: string;
  says: Key;
}

export const SHORTCUTS: readonly Shortcut[] = [
  { action: "microphone", key: "m", code: "KeyM", says: "keyMicrophone" },
  { action: "talk", key: " ", code: "Space", says: "keyTalk" },
  { action: "camera", key: "v", code: "KeyV", says: "keyCamera" },
  { action: "share", key: "s", code: "KeyS", says: "keyShare" },
  { action: "hand", key: "h", code: "KeyH", says: "keyHand" },
  { action: "chat", key: "c", code: "KeyC", says: "keyChat" },
  { action: "people", key: "p", code: "KeyP", says: "keyPeople" },
  { action: "view", key: "g", code: "KeyG", says: "keyView" },
  { action: "fullScreen", key: "f", code: "KeyF", says: "keyFullScreen" },
  { action: "shortcuts", key: "?", code: "Shift+Slash", says: "keyList" },
  { action: "close", key: "escape", code: "Escape", says: "keyClose" },
];

/**
 * A handler for each. That of "talk" returns whether it has unmuted; `stopTalking` is called when the key is released,
 * or its keyup may be lost.
 */
export type Actions = Record<Exclude<Action, "talk"> | "stopTalking", () => void> & {
  talk: () => boolean;
};

const STORAGE_KEY = "upclass-meet-single-keys";

/** Can be switched off, for speech input and accidental keys (WCAG 2.1.4). */
export const areShortcutsOn = signal(keptChoice());

function keptChoice(): boolean {
  try {
    return localStorage.getItem(STORAGE_KEY) !== "off";
  } catch {
    return true;
  }
}

/** Remembered where the browser has storage. */
export function setShortcuts(isOn: boolean): void {
  areShortcutsOn.value = isOn;
  try {
    localStorage.setItem(STORAGE_KEY, isOn ? "on" : "off");
  } catch {
    // Storage is blocked: in a private window, or a third-party frame.
  }
}

const NAMES: Record<string, string> = { " ": "Space", escape: "Escape" };

/** For aria-keyshortcuts and titles, such as "M"; undefined while shortcuts are off. */
export function shortcutFor(action: Action): string | undefined {
  const key = SHORTCUTS.find((shortcut) => shortcut.action === action)?.key ?? "";
  if (!areShortcutsOn.value && key !== "escape") return undefined;
  return NAMES[key] ?? key.toUpperCase();
}

export type KeyPress = Pick<
  KeyboardEvent,
  "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey" | "isComposing" | "keyCode"
> & { getModifierState?: (name: string) => boolean };

/** The action of a key, regardless of the event's target. */
export function actionOf(press: KeyPress): Action | null {
  if (isModified(press)) return null;
  const found = SHORTCUTS.find(({ key, code }) =>
    isNonLatin(press.key) ? code === codeOf(press) : key === press.key.toLowerCase(),
  );
  return found?.action ?? null;
}

/** With a modifier, or within an IME composition (keyCode 229 in old browsers). */
function isModified(press: KeyPress): boolean {
  const { ctrlKey, metaKey, altKey, isComposing, keyCode } = press;
  const isHeld = ctrlKey || metaKey || altKey || press.getModifierState?.("AltGraph");
  return !!isHeld || isComposing || keyCode === 229;
}

/** From a non-Latin layout: Cyrillic, Greek, Devanagari and so on. */
function isNonLatin(key: string): boolean {
  return /^[^\p{ASCII}\p{Script=Latin}]+$/u.test(key);
}

function codeOf({ code, shiftKey }: KeyPress): string {
  return shiftKey && code === "Slash" ? "Shift+Slash" : code;
}

const TYPING = "input, textarea, select, [contenteditable]:not([contenteditable='false'])";
/** What the space bar activates or scrolls. */
const OPERABLE = "a[href], button, summary, audio, video, [role], [tabindex]:not([tabindex='-1'])";

/** Held, the space bar is push to talk on it too: it would click when released, and unmute for good. */
const OWN_MICROPHONE = "#own-microphone";
/** Milliseconds from which on a key is held, and not tapped. */
const HELD = 500;

/** Whether the event's target has its own use for the key; a button that was clicked by a pointer has none. */
function isHandledBy(target: Element | null, action: Action, clicked: Element | null): boolean {
  if (action === "close") return !!target?.closest("select");
  if (!areShortcutsOn.value || target?.closest(TYPING)) return true;
  return action === "talk" && !!target?.matches(OPERABLE) && target !== clicked;
}

/** Below an open dialog or menu, which the browser closes on Escape itself. */
function isInactive(action: Action): boolean {
  if (document.querySelector("dialog[open]")) return true;
  return action === "close" && CSS.supports("selector(:popover-open)")
    ? !!document.querySelector(":popover-open")
    : false;
}

/** Listen until the returned function is called. */
export function listenForShortcuts(actions: Actions): () => void {
  const over = new AbortController();
  const options = { signal: over.signal };
  const push = new Push(actions);
  const clicked = watchClicked(options);
  const down = (event: KeyboardEvent) => {
    const action = event.defaultPrevented ? null : actionOf(event);
    const target = event.target as Element | null;
    if (!action || isInactive(action)) return;
    if (isHandledBy(target, action, clicked())) {
      if (action === "talk" && areShortcutsOn.value && target?.matches(OWN_MICROPHONE))
        push.beginWhenHeld();
      return;
    }
    event.preventDefault();
    if (event.repeat) return;
    if (action === "talk") push.begin();
    else actions[action]();
  };
  const up = (event: KeyboardEvent) => {
    if (event.key !== " " && event.code !== "Space" && event.key !== "Meta") return;
    if (push.end()) event.preventDefault(); // or it clicks what has the focus
  };
  const end = () => void push.end();
  document.addEventListener("keydown", down, options);
  document.addEventListener("keyup", up, options);
  document.addEventListener("visibilitychange", end, options);
  window.addEventListener("blur", end, options);
  document.addEventListener("contextmenu", end, options); // the menu receives the keyup
  return () => {
    over.abort();
    push.end();
  };
}

/** One press of the key of "talk". */
class Push {
  /** The key is not for what has the focus. */
  private isTaken = false;
  private isTalking = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly actions: Pick<Actions, "talk" | "stopTalking">) {}

  begin(): void {
    this.isTalking = this.actions.talk();
    this.isTaken = true;
  }

  beginWhenHeld(): void {
    this.timer ??= setTimeout(() => {
      this.isTalking = this.isTaken = this.actions.talk();
    }, HELD);
  }

  /** Whether the key was taken. */
  end(): boolean {
    const { isTaken, isTalking } = this;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.isTaken = this.isTalking = false;
    if (isTalking) this.actions.stopTalking();
    return isTaken;
  }
}

/** The button that has the focus because a pointer clicked it. */
function watchClicked(options: AddEventListenerOptions): () => Element | null {
  let clicked: Element | null = null;
  const forget = () => {
    clicked = null;
  };
  const keep = ({ detail }: MouseEvent) => {
    if (detail > 0) clicked = document.activeElement?.closest("button") ?? null; // 0: by a key
  };
  document.addEventListener("focusin", forget, options);
  document.addEventListener("click", keep, { ...options, capture: true });
  return () => clicked;
}
