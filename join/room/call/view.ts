/** Which tile is large: a pinned one; else, in the speaker view, a shared screen or the active speaker. */

import { computed, effect, signal } from "@preact/signals";
import type { IconName } from "../icons";
import { t } from "../words";
import { areOthersKnown, people, shares } from "./connection";
import type { Person, Share } from "./people";
import { activeSpeaker } from "./tile-order";

export type View = "grid" | "speaker";

/** A tile's content: a person or a shared screen. */
export type Item = { key: string } & ({ person: Person } | { share: Share });

export const view = signal<View>("grid");
/** The key of an item; a person's is the identity. */
export const pinned = signal<string | null>(null);
const speaker = signal<string | null>(null);

const keyOf = (share: Share) => `screen of ${share.identity}`;

export const items = computed<Item[]>(() => [
  // The own screen would show itself recursively.
  ...shares.value.filter(({ isLocal }) => !isLocal).map((share) => ({ key: keyOf(share), share })),
  ...people.value.map((person) => ({ key: person.identity, person })),
]);

export const large = computed<Item | null>(() => {
  const find = (key: string | null) => items.value.find((item) => item.key === key);
  const pin = find(pinned.value);
  if (pin || view.value === "grid") return pin ?? null;
  return items.value.findLast((item) => "share" in item) ?? find(speaker.value) ?? null;
});

export function togglePin(key: string): void {
  pinned.value = pinned.value === key ? null : key;
}

/** State, label and icon of the pin button. */
export function pinOf(key: string, name: string) {
  const isPinned = pinned.value === key;
  const icon: IconName = isPinned ? "pin-off" : "pin";
  return { isPinned, label: t(isPinned ? "unpin" : "pin", { name }), icon };
}

/** Unpins, because a pin would override the chosen view. */
export function toggleView(): void {
  pinned.value = null;
  view.value = view.value === "grid" ? "speaker" : "grid";
}

/** Follow the active speaker; switch to the speaker view while a screen is shared, unless the person switches back. */
export function watchView(): () => void {
  let chosen: View = view.value;
  let wasShared = false;
  const stops = [
    effect(() => {
      speaker.value = activeSpeaker(people.value, speaker.peek());
    }),
    effect(() => {
      if (!areOthersKnown.value) return;
      const isShared = shares.value.some(({ isLocal }) => !isLocal);
      if (isShared && !wasShared) {
        chosen = view.peek();
        view.value = "speaker";
      } else if (!isShared && wasShared) {
        view.value = chosen;
      }
      wasShared = isShared;
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
