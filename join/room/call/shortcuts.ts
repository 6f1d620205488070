/** What single keys do in the call. The list that people read is made from the same table. */

import { signal } from "@preact/signals";
import type { Key } from "../words";

export type Deed =
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
  deed: Deed;
  /** As KeyboardEvent.key has it where letters are Latin, in lower case. */
  key: string;
  /** Where that key is on a keyboard of other letters, as KeyboardEvent.code has it. */
  code: string;
  says: Key;
}

export const SHORTCUTS: readonly Shortcut[] = [
  { deed: "microphone", key: "m", code: "KeyM", says: "keyMicrophone" },
  { deed: "talk", key: " ", code: "Space", says: "keyTalk" },
  { deed: "camera", key: "v", code: "KeyV", says: "keyCamera" },
  { deed: "share", key: "s", code: "KeyS", says: "keyShare" },
  { deed: "hand", key: "h", code: "KeyH", says: "keyHand" },
  { deed: "chat", key: "c", code: "KeyC", says: "keyChat" },
  { deed: "people", key: "p", code: "KeyP", says: "keyPeople" },
  { deed: "view", key: "g", code: "KeyG", says: "keyView" },
  { deed: "fullScreen", key: "f", code: "KeyF", says: "keyFullScreen" },
  { deed: "shortcuts", key: "?", code: "Shift+Slash", says: "keyList" },
  { deed: "close", key: "escape", code: "Escape", says: "keyClose" },
];

/** What each key does; and what is done when the key of "talk" is let go, or cannot be heard any more. */
export type Deeds = Record<Deed | "hush", () => void>;

const SHELF = "upclass-meet-single-keys";

/** Whoever speaks to their computer, or hits keys by accident, can do without (WCAG 2.1.4). */
export const areShortcutsOn = signal(keptChoice());

function keptChoice(): boolean {
  try {
    return localStorage.getItem(SHELF) !== "off";
  } catch {
    return true;
  }
}

/** Now and next time, where the browser keeps it. */
export function setShortcuts(isOn: boolean): void {
  areShortcutsOn.value = isOn;
  try {
    localStorage.setItem(SHELF, isOn ? "on" : "off");
  } catch {
    // A private window, or a page inside another one.
  }
}

const NAMES: Record<string, string> = { " ": "Space", escape: "Escape" };

/** For aria-keyshortcuts and titles, such as "M"; nothing while the key does nothing. */
export function shortcutFor(deed: Deed): string | undefined {
  const key = SHORTCUTS.find((shortcut) => shortcut.deed === deed)?.key ?? "";
  if (!areShortcutsOn.value && key !== "escape") return undefined;
  return NAMES[key] ?? key.toUpperCase();
}

/** As much of a KeyboardEvent as counts here. */
export type Press = Pick<
  KeyboardEvent,
  "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey" | "isComposing" | "keyCode"
> & { getModifierState?: (name: string) => boolean };

/** What a key means, wherever it is pressed; null when nothing. */
export function deedOf(press: Press): Deed | null {
  if (isPartOfMore(press)) return null;
  const found = SHORTCUTS.find(({ key, code }) =>
    isForeign(press.key) ? code === placeOf(press) : key === press.key.toLowerCase(),
  );
  return found?.deed ?? null;
}

/** Of another command, or of a character that is still being put together (229: so say old browsers). */
function isPartOfMore(press: Press): boolean {
  const { ctrlKey, metaKey, altKey, isComposing, keyCode } = press;
  const isHeld = ctrlKey || metaKey || altKey || press.getModifierState?.("AltGraph");
  return !!isHeld || isComposing || keyCode === 229;
}

/** A character that no Latin keyboard has on its keys: Cyrillic, Greek, Devanagari and so on. */
function isForeign(key: string): boolean {
  return /^[^\p{ASCII}\p{Script=Latin}]+$/u.test(key);
}

function placeOf({ code, shiftKey }: Press): string {
  return shiftKey && code === "Slash" ? "Shift+Slash" : code;
}

const TYPING = "input, textarea, select, [contenteditable]:not([contenteditable='false'])";
/** What does something of its own at the space bar, scrolling included. */
const OPERABLE = "a[href], button, summary, audio, video, [role], [tabindex]:not([tabindex='-1'])";

/** Whether a key that is pressed on an element is left to it. */
function isLeftTo(target: Element | null, deed: Deed): boolean {
  if (deed === "close") return !!target?.closest("select");
  if (!areShortcutsOn.value || target?.closest(TYPING)) return true;
  return deed === "talk" && !!target?.matches(OPERABLE);
}

/** Dialogs are closed by the browser, and so are menus; what is behind them waits. */
function isBehind(deed: Deed): boolean {
  if (document.querySelector("dialog[open]")) return true;
  return deed === "close" && CSS.supports("selector(:popover-open)")
    ? !!document.querySelector(":popover-open")
    : false;
}

/** Do what keys say until the returned function is called. */
export function listenForShortcuts(deeds: Deeds): () => void {
  const over = new AbortController();
  const options = { signal: over.signal };
  let isTalking = false;
  const hush = () => {
    if (isTalking) deeds.hush();
    isTalking = false;
  };
  const down = (event: KeyboardEvent) => {
    const deed = event.defaultPrevented ? null : deedOf(event);
    if (!deed || isLeftTo(event.target as Element | null, deed) || isBehind(deed)) return;
    event.preventDefault();
    if (event.repeat) return;
    if (deed === "talk") isTalking = true;
    deeds[deed]();
  };
  document.addEventListener("keydown", down, options);
  document.addEventListener(
    "keyup",
    ({ code, key }) => (key === " " || code === "Space" || key === "Meta") && hush(),
    options,
  );
  document.addEventListener("visibilitychange", hush, options);
  window.addEventListener("blur", hush, options);
  document.addEventListener("contextmenu", hush, options); // it hears the key being let go, and the page does not
  return () => {
    over.abort();
    hush();
  };
}
