/** Chat, by LiveKit's text streams. Messages are stored in the pages only. */

import { effect, signal } from "@preact/signals";
import type { Room } from "livekit-client";
import { t } from "../words";
import { entering, link, room } from "./connection";
import { dataChannelReady } from "./data-channel";
import { panel } from "./panels";
import { visible, visibleName } from "./visible-text";

export interface Message {
  /** Grows within this page. */
  id: number;
  identity: string;
  /** At the time of the message. */
  name: string;
  text: string;
  /** When it was received, in milliseconds since 1970: senders' clocks are not trusted. */
  at: number;
  isOwn: boolean;
}

export const messages = signal<Message[]>([]);
/** Others' messages received while the panel was closed. */
export const unread = signal(0);
/** Kept while the panel is closed. */
export const draft = signal("");

const TOPIC = "chat";
/** Characters, as a textarea counts them. */
export const MAX_LENGTH = 2_000;
/** Characters of a stream beyond which it is ignored. */
const MAX_STREAM = 20_000;
const MAX_KEPT = 500;

type Chunks = AsyncIterable<string>;

let count = 0;

/** Receive messages, over all connections, until the returned function is called, which discards them. */
export function watchChat(): () => void {
  const stops = [
    effect(() => {
      const now = entering.value;
      if (!now) return;
      now.registerTextStreamHandler(TOPIC, (stream, { identity }) => {
        void receive(now, identity, stream);
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

/** False when sending failed, or the text is blank. */
export async function send(text: string): Promise<boolean> {
  const now = room.value;
  const from = now?.localParticipant;
  const cut = truncate(text);
  // While reconnecting, LiveKit's client resolves sendText, and drops the message with the old session.
  if (!from || !cut || link.value !== "steady") return false;
  try {
    await dataChannelReady(now);
    if (link.value !== "steady") return false;
    await from.sendText(cut, { topic: TOPIC });
  } catch {
    return false;
  }
  store({ identity: from.identity, name: from.name ?? "", text: cut, isOwn: true });
  return true;
}

/** What was typed meanwhile is kept. False when sending failed: then the whole draft is kept. */
export async function sendDraft(): Promise<boolean> {
  const sent = draft.peek();
  if (!(await send(sent))) return false;
  if (draft.peek().startsWith(sent)) draft.value = draft.peek().slice(sent.length);
  return true;
}

async function receive(from: Room, identity: string, stream: Chunks): Promise<void> {
  const text = truncate(await readAll(stream).catch(() => ""));
  if (!text) return;
  const name = visibleName(from.remoteParticipants.get(identity)?.name ?? "") || t("guest");
  store({ identity, name, text, isOwn: false });
}

/** The text of a stream, or "" when it is too long; read to its end all the same, so that nothing is buffered. */
async function readAll(stream: Chunks): Promise<string> {
  let text = "";
  for await (const chunk of stream) text = (text + chunk).slice(0, MAX_STREAM);
  return text.length < MAX_STREAM ? text : "";
}

function store(message: Omit<Message, "id" | "at">): void {
  const kept = { ...message, id: ++count, at: Date.now() };
  messages.value = [...messages.value, kept].slice(-MAX_KEPT);
  if (!message.isOwn && panel.value !== "chat") unread.value += 1;
}

/** What is to be seen, trimmed and truncated, without half a surrogate pair at the end. */
function truncate(text: string): string {
  return visible(text)
    .trim()
    .slice(0, MAX_LENGTH)
    .replace(/[\uD800-\uDBFF]$/, "");
}
