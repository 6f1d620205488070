/** What people write to each other during the call. It lives in their pages alone, and as long as these. */

import { effect, signal } from "@preact/signals";
import type { Room } from "livekit-client";
import { say } from "../words";
import { entering, link, room } from "./connection";
import { dataFlows } from "./data-channel";
import { panel } from "./panels";

export interface Message {
  /** Of this page, growing. */
  id: number;
  identity: string;
  /** As it was then. */
  name: string;
  text: string;
  /** When it came here, in milliseconds since 1970: senders' clocks are not believed. */
  at: number;
  isOwn: boolean;
}

export const messages = signal<Message[]>([]);
/** How many of the others' came while the panel was shut. */
export const unread = signal(0);
/** What is being written; it outlives the panel. */
export const draft = signal("");

const TOPIC = "chat";
/** Characters, as a textarea counts them. */
export const LONGEST = 2_000;
/** Characters of a stream from which on it is no message of ours. */
const ABSURD = 20_000;
const KEPT = 500;

/** What is read of a stream of text. */
type Chunks = AsyncIterable<string>;

let count = 0;

/** Hear the others, over all connections, until the returned function is called: then all is forgotten. */
export function watchChat(): () => void {
  const stops = [
    effect(() => {
      const now = entering.value;
      if (!now) return;
      now.registerTextStreamHandler(TOPIC, (stream, { identity }) => {
        void hear(now, identity, stream);
      });
      return () => now.unregisterTextStreamHandler(TOPIC);
    }),
    effect(() => {
      if (panel.value === "chat") unread.value = 0;
    }),
  ];
  return () => {
    for (const stop of stops) stop();
    messages.value = [];
    unread.value = 0;
    draft.value = "";
  };
}

/** Send it to everybody. False when that failed, or nothing was to be sent. */
export async function send(text: string): Promise<boolean> {
  const now = room.value;
  const from = now?.localParticipant;
  const cut = cutToSize(text);
  // While it reconnects, LiveKit's client takes a message as sent, and drops it with the old session.
  if (!from || !cut || link.value !== "steady") return false;
  try {
    await dataFlows(now);
    if (link.value !== "steady") return false;
    await from.sendText(cut, { topic: TOPIC });
  } catch {
    return false;
  }
  keep({ identity: from.identity, name: from.name ?? "", text: cut, isOwn: true });
  return true;
}

/** Send what is being written. What was typed meanwhile stays. False when it failed: then all of it stays. */
export async function sendDraft(): Promise<boolean> {
  const written = draft.peek();
  if (!(await send(written))) return false;
  if (draft.peek().startsWith(written)) draft.value = draft.peek().slice(written.length);
  return true;
}

async function hear(from: Room, identity: string, stream: Chunks): Promise<void> {
  const text = cutToSize(await whole(stream).catch(() => ""));
  if (!text) return;
  const name = from.remoteParticipants.get(identity)?.name || say("guest");
  keep({ identity, name, text, isOwn: false });
}

/** What a stream says, or nothing if that is absurdly much; read to its end, lest it piles up unread. */
async function whole(stream: Chunks): Promise<string> {
  let text = "";
  for await (const chunk of stream) text = (text + chunk).slice(0, ABSURD);
  return text.length < ABSURD ? text : "";
}

function keep(message: Omit<Message, "id" | "at">): void {
  const kept = { ...message, id: ++count, at: Date.now() };
  messages.value = [...messages.value, kept].slice(-KEPT);
  if (!message.isOwn && panel.value !== "chat") unread.value += 1;
}

/** Without blanks around it, and no longer than a message may be; half a character is none. */
function cutToSize(text: string): string {
  return text
    .trim()
    .slice(0, LONGEST)
    .replace(/[\uD800-\uDBFF]$/, "");
}
