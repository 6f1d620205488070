/** What the server wrote into the page, and the questions the page asks it. */

import { type Key, say } from "./words";

export interface Page {
  topic: string;
  /** UTC, as ISO 8601. */
  startsAt: string | null;
  asksName: boolean;
  name: string;
  /** Registered as a host: may mute, remove, and end for everybody. */
  isHost: boolean;
  isRecorded: boolean;
  /** Whether this person may be asked after the call how it was. */
  asksFeedback: boolean;
  csrf: string;
  language: string;
  words: Record<Key, string>;
}

export interface Ticket {
  url: string;
  token: string;
  /** Seconds until the meeting's time is over; null when it has no end. */
  expiresIn: number | null;
}

/** What is wrong with an answer, by its field. */
export type Wrong = Record<string, string[]>;

/** The server says no: a title and a sentence for people, and a word for the page. */
export class Refused extends Error {
  constructor(
    readonly title: string,
    readonly detail: string,
    readonly code = "",
    readonly fields: Wrong = {},
  ) {
    super(title);
  }
}

export function readPage(): Page {
  return JSON.parse(document.getElementById("page")?.textContent ?? "") as Page;
}

/** One click on "Join" and all its connections, by which the door knows who comes back from who came elsewhere. */
export interface Coming {
  /** 32 hexadecimal digits. */
  visit: string;
  /** It was in, and comes back by itself. */
  isBack: boolean;
}

/** Knock at the door. Throws Refused with the reason when it stays shut. */
export async function knock(page: Page, name: string, { visit, isBack }: Coming): Promise<Ticket> {
  const facts = {
    name,
    visit,
    ...(isBack ? { is_back: "1" } : {}),
    ...(page.isRecorded ? { recording_told: "1" } : {}),
  };
  return (await post(page, location.href, facts)) as Ticket;
}

/** Say how this meeting was. Throws Refused, with sentences at the fields where they are wrong. */
export async function sendFeedback(page: Page, rating: string, comments: string): Promise<void> {
  const { pathname, search } = new URL(location.href);
  await post(page, `${pathname}feedback/${search}`, { rating, comments });
}

/** Ask our server. Throws Refused. */
export async function post(
  page: Page,
  address: string,
  facts: Record<string, string>,
): Promise<unknown> {
  const body = new URLSearchParams(facts);
  const headers = { Accept: "application/json", "X-CSRFToken": page.csrf };
  const answer = await fetch(address, { method: "POST", body, headers, signal: inTime() }).catch(
    () => {
      throw new Refused(say("unreachable"), say("unreachableDetail"));
    },
  );
  const said: unknown = await answer.json().catch(() => ({}));
  if (answer.ok) return said;
  throw refusal(answer.status, said);
}

/** A network that swallows questions is one that does not answer. */
function inTime(): AbortSignal {
  return AbortSignal.timeout(15_000);
}

export function refusal(status: number, said: unknown): Refused {
  const { error, detail, code, fields } = said as Partial<Record<string, string>> & {
    fields?: Wrong;
  };
  return new Refused(
    error ?? say("failed"),
    detail ?? say("failedDetail", { status: String(status) }),
    code,
    fields,
  );
}

/** What the door's own page says where it is shut; null when it is open, or cannot be asked. */
export async function shutDoor(): Promise<Refused | null> {
  try {
    const answer = await fetch(location.href, { cache: "no-store", signal: inTime() });
    return answer.ok ? null : read(await answer.text());
  } catch {
    return null;
  }
}

/** A dead end's title and sentence; null for a page that is not ours, such as a proxy's. */
function read(html: string): Refused | null {
  const card = new DOMParser().parseFromString(html, "text/html").querySelector("main");
  const text = (tag: string) => card?.querySelector(tag)?.textContent?.trim() ?? "";
  return text("h1") ? new Refused(text("h1"), text("p")) : null;
}
