/** What happens is told: to those who hear the page, and to those who look at it. */

import { type Signal, signal } from "@preact/signals";

export interface Said {
  id: number;
  text: string;
}

/** What stands in the live region: each is read once, when it comes. */
export const heard = signal<Said[]>([]);
/** What is to be seen for a while. */
export const seen = signal<Said[]>([]);

/** Milliseconds from one announcement to the next: what comes all at once, screen readers drop. */
export const PACE = 400;
const HEARD_FOR = 8_000;
export const SEEN_FOR = 6_000;
const SEEN_AT_ONCE = 3;
/** What waits to be read is of no use after a minute; a flood must not grow for ever. */
const WAITING_AT_MOST = 50;

let told = 0;
let waiting: string[] = [];
let isReading = false;

/** For the ears alone. */
export function announce(text: string): void {
  waiting = [...waiting, text].slice(-WAITING_AT_MOST);
  if (!isReading) readNext();
}

/** For ears and eyes. */
export function tell(text: string): void {
  announce(text);
  put(seen, text, SEEN_FOR);
  seen.value = seen.peek().slice(-SEEN_AT_ONCE);
}

function readNext(): void {
  const [text, ...rest] = waiting;
  waiting = rest;
  isReading = text !== undefined;
  if (text === undefined) return;
  put(heard, text, HEARD_FOR);
  setTimeout(readNext, PACE);
}

function put(list: Signal<Said[]>, text: string, milliseconds: number): void {
  const said = { id: ++told, text };
  list.value = [...list.peek(), said];
  setTimeout(() => {
    list.value = list.peek().filter(({ id }) => id !== said.id);
  }, milliseconds);
}

/** Both regions. They stand from the beginning: a live region that comes with its text is not read. */
export function Telling() {
  return (
    <>
      <div class="only-read" role="status" aria-live="polite" aria-atomic="false">
        {heard.value.map(({ id, text }) => (
          <p key={id}>{text}</p>
        ))}
      </div>
      <ul class="toasts">
        {seen.value.map(({ id, text }) => (
          <li key={id} class="toast" dir="auto">
            {text}
          </li>
        ))}
      </ul>
    </>
  );
}
