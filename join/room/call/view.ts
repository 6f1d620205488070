/** What is large: in the grid nothing; in the speaker view a shared screen, else whoever speaks; a pin always. */

import { computed, effect, signal } from "@preact/signals";
import type { IconName } from "../icons";
import { say } from "../words";
import { areOthersKnown, people, shares } from "./connection";
import type { Person, Share } from "./people";
import { nextSpeaker } from "./tile-order";

export type View = "grid" | "speaker";

/** A tile's content: a person, or the screen that somebody shows. */
export type Item = { key: string } & ({ person: Person } | { share: Share });

export const view = signal<View>("grid");
/** The key of an item; for a person that is the identity. */
export const pinned = signal<string | null>(null);
const speaker = signal<string | null>(null);

const keyOf = (share: Share) => `screen of ${share.identity}`;

export const items = computed<Item[]>(() => [
  // One's own screen would show itself in itself.
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

/** The button that pins: what a click does, in words and as an icon. */
export function pinOf(key: string, name: string) {
  const isPinned = pinned.value === key;
  const icon: IconName = isPinned ? "pin-off" : "pin";
  return { isPinned, label: say(isPinned ? "unpin" : "pin", { name }), icon };
}

/** The person's own choice. A pin would hide it. */
export function toggleView(): void {
  pinned.value = null;
  view.value = view.value === "grid" ? "speaker" : "grid";
}

/** Follow the speaker; and while a screen is shared, show it large, unless the person chooses otherwise. */
export function watchView(): () => void {
  let chosen: View = view.value;
  let wasShared = false;
  const stops = [
    effect(() => {
      speaker.value = nextSpeaker(people.value, speaker.peek());
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
