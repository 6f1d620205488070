/** The data that the server renders into the page, and the page's requests to it. */

import { type Key, t } from "./words";

export interface Page {
  /** The meeting's own address, without anybody's token. */
  link: string;
  /** Of an invited person's link; empty for guests. */
  token: string;
  topic: string;
  /** UTC, as ISO 8601. */
  startsAt: string | null;
  asksName: boolean;
  name: string;
  /** May mute, remove, and end the meeting for everybody. */
  isHost: boolean;
  isRecorded: boolean;
  /** Whether feedback is requested after the call. */
  asksFeedback: boolean;
  csrf: string;
  language: string;
  words: Record<Key, string>;
}

export interface Ticket {
  url: string;
  token: string;
  /** Seconds until the end of the meeting; null when it has none. */
  expiresIn: number | null;
}

/** Validation errors by field. */
export type FieldErrors = Record<string, string[]>;

/** A refused or failed request: title and sentence to show, code and field errors for the page. */
export class Refused extends Error {
  constructor(
    readonly title: string,
    readonly detail: string,
    readonly code = "",
    readonly fields: FieldErrors = {},
  ) {
    super(title);
  }
}

export function readPage(): Page {
  return JSON.parse(document.getElementById("page")?.textContent ?? "") as Page;
}

/** The path of this person's page, or of one below it. */
export function address({ token }: Pick<Page, "token">, below = ""): string {
  const { pathname } = new URL(location.href);
  return `${pathname}${below}${token && `?token=${encodeURIComponent(token)}`}`;
}

/**
 * Takes the token out of the address bar, which shared screens show: the server knows a page that is loaded again
 * by a cookie. Of two people who share a browser the newer has the cookie, so each tab also remembers its own
 * token; false when this tab is another person's, whose page is then loaded.
 */
export function hideToken({ token }: Pick<Page, "token">): boolean {
  const url = new URL(location.href);
  const kept = (history.state as { token?: string } | null)?.token;
  if (kept && kept !== token && !url.searchParams.has("token")) {
    location.replace(address({ token: kept }));
    return false;
  }
  url.searchParams.delete("token");
  history.replaceState({ token }, "", url);
  return true;
}

/** With the visit id the server tells a page that rejoins from a second page of the same person. */
export interface JoinAttempt {
  /** 32 hexadecimal digits, the same for all connections after one click on "Join". */
  visit: string;
  /** Rejoins by itself after a lost connection. */
  isBack: boolean;
}

/** Ask for admission. Throws Refused. */
export async function requestTicket(
  page: Page,
  name: string,
  { visit, isBack }: JoinAttempt,
): Promise<Ticket> {
  const fields = {
    name,
    visit,
    ...(isBack ? { is_back: "1" } : {}),
    ...(page.isRecorded ? { recording_told: "1" } : {}),
  };
  return (await post(page, address(page), fields)) as Ticket;
}

/** Throws Refused, with errors by field where the server names some. */
export async function sendFeedback(page: Page, rating: string, comments: string): Promise<void> {
  await post(page, address(page, "feedback/"), { rating, comments });
}

/** POST a form to our server. Throws Refused. */
export async function post(
  page: Page,
  path: string,
  fields: Record<string, string>,
): Promise<unknown> {
  const body = new URLSearchParams(fields);
  const headers = { Accept: "application/json", "X-CSRFToken": page.csrf };
  const answer = await fetch(path, { method: "POST", body, headers, signal: timeout() }).catch(
    () => {
      throw new Refused(t("unreachable"), t("unreachableDetail"));
    },
  );
  const json: unknown = await answer.json().catch(() => ({}));
  if (answer.ok) return json;
  throw refusal(answer.status, json);
}

/** A network that drops packets silently is treated as unreachable. */
function timeout(): AbortSignal {
  return AbortSignal.timeout(15_000);
}

export function refusal(status: number, json: unknown): Refused {
  const { error, detail, code, fields } = json as Partial<Record<string, string>> & {
    fields?: FieldErrors;
  };
  return new Refused(
    error ?? t("failed"),
    detail ?? t("failedDetail", { status: String(status) }),
    code,
    fields,
  );
}

/** The error page that the server would show now; null when the meeting can be joined, or the request fails. */
export async function fetchRefusal(page: Page): Promise<Refused | null> {
  try {
    const answer = await fetch(address(page), { cache: "no-store", signal: timeout() });
    return answer.ok ? null : parseErrorPage(await answer.text());
  } catch {
    return null;
  }
}

/** Title and sentence of an error page; null for a page that is not ours, such as a proxy's. */
function parseErrorPage(html: string): Refused | null {
  const card = new DOMParser().parseFromString(html, "text/html").querySelector("main");
  const text = (tag: string) => card?.querySelector(tag)?.textContent?.trim() ?? "";
  return text("h1") ? new Refused(text("h1"), text("p")) : null;
}
