/** What hosts do, by asking our server: their browser has no power of its own over the call. */

import { signal } from "@preact/signals";
import { type Page, post, Refused } from "../page";
import { say } from "../words";
import { announce, tell } from "./announcer";
import type { Person } from "./people";

let page: Page | null = null;

/** Whether this person may do it. The server asks again, each time. */
export const isHost = signal(false);

/** Of this page's person; nothing happens where they are no host. */
export function beHost(whose: Page): void {
  page = whose;
  isHost.value = whose.isHost;
}

type Named = Pick<Person, "identity" | "name">;

export async function muteOne({ identity, name }: Named): Promise<void> {
  if (await done("mute", { identity })) announce(say("isMuted", { name }));
}

export async function muteEverybody(): Promise<void> {
  if (await done("mute", {})) tell(say("everybodyMuted"));
}

export async function removeOne({ identity, name }: Named): Promise<void> {
  if (await done("remove", { identity })) announce(say("wasRemoved", { name }));
}

/** The call is over then for this person as well. */
export async function endForEverybody(): Promise<void> {
  await done("end", {});
}

/** True when the server did it; what it says instead is told. */
async function done(deed: string, facts: Record<string, string>): Promise<boolean> {
  if (!page?.isHost) return false;
  const { pathname, search } = new URL(location.href);
  try {
    await post(page, `${pathname}host/${deed}/${search}`, facts);
    return true;
  } catch (reason) {
    if (!(reason instanceof Refused)) throw reason;
    tell(reason.detail);
    return false;
  }
}
