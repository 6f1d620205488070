/** Formatting of chat messages: groups, links, time. */

import type { Message } from "./chat";

/** Milliseconds after which the same person's next message begins a new group. */
const GROUP_GAP = 5 * 60_000;

/** Consecutive messages of one person. */
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
  return isSame && message.at - before.at < GROUP_GAP;
}

/** A part of a message; with `href` it is a link. */
export interface Piece {
  text: string;
  href?: string;
}

/** Splits a text at its links, of which the host is shown as the browser will ask for it. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let end = 0;
  for (const { 0: match, index } of text.matchAll(/\bhttps?:\/\/[^\s<>"'`]+/gi)) {
    const address = withoutPunctuation(match);
    const url = urlOf(address);
    if (!url) continue;
    if (index > end) found.push({ text: text.slice(end, index) });
    found.push({ text: withRealHost(address, url), href: url.href });
    end = index + address.length;
  }
  if (end < text.length) found.push({ text: text.slice(end) });
  return found;
}

/** Without the punctuation of the sentence, and without a closing bracket that was opened before the link. */
function withoutPunctuation(address: string): string {
  const bare = address.replace(/[.,;:!?…*_~]+$/, "");
  const hasOpen = bare.includes("(");
  const cut = hasOpen ? bare.replace(/[\]}»”]+$/, "") : bare.replace(/[)\]}»”]+$/, "");
  return cut === address ? cut : withoutPunctuation(cut);
}

/** Null for an invalid URL, and for one with credentials, which hide the host. */
function urlOf(address: string): URL | null {
  const url = URL.canParse(address) ? new URL(address) : null;
  return url && !url.username && !url.password ? url : null;
}

/** With the host that is asked for: xn--… where letters may look like others, digits where it is a number. */
function withRealHost(address: string, { host, hostname }: URL): string {
  return address.replace(/^(https?:[/\\]+)([^/\\?#]+)/i, (whole, scheme: string, typed: string) => {
    const name = typed.toLowerCase().replace(/:\d*$/, "");
    return name === hostname ? whole : scheme + host;
  });
}

/** Such as "14:05", in the page's language. */
export function clockTime(at: number, language: string): string {
  return new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" }).format(at);
}

/** Whether a key sends the message: Enter without shift, outside of an IME composition. */
export function isSendKey(
  event: Pick<KeyboardEvent, "key" | "shiftKey" | "isComposing" | "keyCode">,
) {
  // Safari reports isComposing false for the last key of a composition; its keyCode is 229.
  return event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229;
}
