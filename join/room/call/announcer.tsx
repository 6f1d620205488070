/** The ARIA live region for screen readers, and toasts. */

import { type Signal, signal } from "@preact/signals";

export interface Announcement {
  id: number;
  text: string;
}

/** The content of the live region. */
export const announced = signal<Announcement[]>([]);
export const toasts = signal<Announcement[]>([]);

/** Milliseconds between announcements: screen readers drop some of those that come at once. */
export const INTERVAL = 400;
const ANNOUNCED_FOR = 8_000;
export const TOAST_FOR = 6_000;
const MAX_TOASTS = 3;
/** Bounds the queue; after a minute an announcement is of no use anyway. */
const MAX_QUEUED = 50;

let lastId = 0;
let queue: string[] = [];
let isAnnouncing = false;

/** To screen readers only. */
export function announce(text: string): void {
  queue = [...queue, text].slice(-MAX_QUEUED);
  if (!isAnnouncing) announceNext();
}

/** To screen readers, and as a toast. */
export function notify(text: string): void {
  announce(text);
  show(toasts, text, TOAST_FOR);
  toasts.value = toasts.peek().slice(-MAX_TOASTS);
}

function announceNext(): void {
  const [text, ...rest] = queue;
  queue = rest;
  isAnnouncing = text !== undefined;
  if (text === undefined) return;
  show(announced, text, ANNOUNCED_FOR);
  setTimeout(announceNext, INTERVAL);
}

function show(list: Signal<Announcement[]>, text: string, milliseconds: number): void {
  const added = { id: ++lastId, text };
  list.value = [...list.peek(), added];
  setTimeout(() => {
    list.value = list.peek().filter(({ id }) => id !== added.id);
  }, milliseconds);
}

/** Rendered empty from the beginning: a live region that is inserted with its text is not read. */
export function Announcer() {
  return (
    <>
      <div class="only-read" role="status" aria-live="polite" aria-atomic="false">
        {announced.value.map(({ id, text }) => (
          <p key={id}>{text}</p>
        ))}
      </div>
      <ul class="toasts">
        {toasts.value.map(({ id, text }) => (
          <li key={id} class="toast" dir="auto">
            {text}
          </li>
        ))}
      </ul>
    </>
  );
}
