/** How messages are shown: in groups, with their links, at their time. */

import type { Message } from "./chat";

/** Milliseconds after which the same person's next message shows name and time anew. */
const PAUSE = 5 * 60_000;

/** What one person wrote in a row. */
export function grouped(messages: Message[]): Message[][] {
  const groups: Message[][] = [];
  for (const message of messages) {
    const before = groups.at(-1)?.at(-1);
    if (before && belongs(message, before)) groups.at(-1)?.push(message);
    else groups.push([message]);
  }
  return groups;
}

function belongs(message: Message, before: Message): boolean {
  const isSame = message.identity === before.identity && message.name === before.name;
  return isSame && message.at - before.at < PAUSE;
}

/** A piece of a message; with an address it is a link. */
export interface Piece {
  text: string;
  href?: string;
}

/** The text in pieces, in its order and with nothing left out. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let end = 0;
  for (const { 0: match, index } of text.matchAll(/\bhttps?:\/\/[^\s<>"'`]+/gi)) {
    const address = withoutTail(match);
    const href = addressOf(address);
    if (!href) continue;
    if (index > end) found.push({ text: text.slice(end, index) });
    found.push({ text: address, href });
    end = index + address.length;
  }
  if (end < text.length) found.push({ text: text.slice(end) });
  return found;
}

/** What ends a sentence does not belong to the link in it; nor does a bracket that was opened before. */
function withoutTail(address: string): string {
  const bare = address.replace(/[.,;:!?…*_~]+$/, "");
  const hasOpen = bare.includes("(");
  const cut = hasOpen ? bare.replace(/[\]}»”]+$/, "") : bare.replace(/[)\]}»”]+$/, "");
  return cut === address ? cut : withoutTail(cut);
}

/** Null for what is no address, or hides behind a user name where it leads to. */
function addressOf(address: string): string | null {
  const url = URL.canParse(address) ? new URL(address) : null;
  return url && !url.username && !url.password ? url.href : null;
}

/** "14:05", as the language has it. */
export function clockTime(at: number, language: string): string {
  return new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" }).format(at);
}

/** Whether this key sends what is written: Enter alone, and not the one that chooses a word of an IME. */
export function isSending(
  event: Pick<KeyboardEvent, "key" | "shiftKey" | "isComposing" | "keyCode">,
) {
  // Safari's last key of a composition says that it is none; its code is 229.
  return event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229;
}
