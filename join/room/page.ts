/** What the server wrote into the page, and the two questions the page asks it. */

export interface Page {
  topic: string;
  name: string;
  asksName: boolean;
  csrf: string;
}

export interface Ticket {
  url: string;
  token: string;
}

/** The door stays shut: a title and a sentence for people. */
export class Refused extends Error {
  constructor(
    readonly title: string,
    readonly detail: string,
  ) {
    super(title);
  }
}

const UNREACHABLE = new Refused(
  "We cannot be reached",
  "Your connection or our server is interrupted. Check your connection and try again.",
);

export function readPage(): Page {
  return JSON.parse(document.getElementById("page")?.textContent ?? "") as Page;
}

/** Knock at the door. Throws Refused with the reason when it stays shut. */
export async function knock(page: Page, name: string): Promise<Ticket> {
  const body = new URLSearchParams({ name });
  const headers = { "X-CSRFToken": page.csrf };
  const answer = await fetch(location.href, { method: "POST", body, headers }).catch(() => {
    throw UNREACHABLE;
  });
  const said: unknown = await answer.json().catch(() => ({}));
  if (answer.ok) return said as Ticket;
  throw refusal(answer.status, said);
}

export function refusal(status: number, said: unknown): Refused {
  const { error, detail } = said as { error?: string; detail?: string };
  if (error && detail) return new Refused(error, detail);
  return new Refused(
    "This did not work",
    `The server answered ${status}. Load the page again, and try once more.`,
  );
}

/** Whether the door would still show the way in; when it cannot be asked, it may. */
export async function isDoorOpen(): Promise<boolean> {
  try {
    return (await fetch(location.href, { cache: "no-store" })).ok;
  } catch {
    return true;
  }
}
