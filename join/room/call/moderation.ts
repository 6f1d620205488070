/** Hosts' actions, by requests to our server: a host's LiveKit token grants no more than anybody's. */

import { signal } from "@preact/signals";
import { address, type Page, post, Refused } from "../page";
import { t } from "../words";
import { announce, notify } from "./announcer";
import { removed } from "./connection";
import type { Person } from "./people";

let page: Page | null = null;

/** For the page only: the server authorises each request. */
export const isHost = signal(false);

export function initHost(current: Page): void {
  page = current;
  isHost.value = current.isHost;
}

type Named = Pick<Person, "identity" | "name">;

export async function muteOne({ identity, name }: Named): Promise<void> {
  if (await request("mute", { identity })) announce(t("isMuted", { name }));
}

export async function muteEverybody(): Promise<void> {
  if (await request("mute", {})) notify(t("everybodyMuted"));
}

export async function removeOne({ identity, name }: Named): Promise<void> {
  if (await request("remove", { identity })) removed.value = { identity, name };
}

/** Ends the call for this host as well. */
export async function endForEverybody(): Promise<void> {
  await request("end", {});
}

/** True on success; a refusal is shown. */
async function request(action: string, fields: Record<string, string>): Promise<boolean> {
  if (!page?.isHost) return false;
  try {
    await post(page, address(page, `host/${action}/`), fields);
    return true;
  } catch (reason) {
    if (!(reason instanceof Refused)) throw reason;
    notify(reason.detail);
    return false;
  }
}
