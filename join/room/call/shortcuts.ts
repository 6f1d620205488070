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

/** A handler for each; `stopTalking` is called when the key of "talk" is released, or its keyup may be lost. */
export type Actions = Record<Action | "stopTalking", () => void>;

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

/** Whether the event's target has its own use for the key. */
function isHandledBy(target: Element | null, action: Action): boolean {
  if (action === "close") return !!target?.closest("select");
  if (!areShortcutsOn.value || target?.closest(TYPING)) return true;
  return action === "talk" && !!target?.matches(OPERABLE);
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
  let isTalking = false;
  const stopTalking = () => {
    if (isTalking) actions.stopTalking();
    isTalking = false;
  };
  const down = (event: KeyboardEvent) => {
    const action = event.defaultPrevented ? null : actionOf(event);
    if (!action || isHandledBy(event.target as Element | null, action) || isInactive(action))
      return;
    event.preventDefault();
    if (event.repeat) return;
    if (action === "talk") isTalking = true;
    actions[action]();
  };
  document.addEventListener("keydown", down, options);
  document.addEventListener(
    "keyup",
    ({ code, key }) => (key === " " || code === "Space" || key === "Meta") && stopTalking(),
    options,
  );
  document.addEventListener("visibilitychange", stopTalking, options);
  window.addEventListener("blur", stopTalking, options);
  document.addEventListener("contextmenu", stopTalking, options); // the menu receives the keyup
  return () => {
    over.abort();
    stopTalking();
  };
}
