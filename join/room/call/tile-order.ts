/** Who stands where, when not everybody fits on one page. */

import type { Person } from "./people";

/**
 * The identities in the order of their tiles. Those on the first page (`size` of them) stay where they are;
 * who speaks and is not among them takes the place of whoever has been silent for longest.
 */
export function arranged(people: Person[], before: string[], size: number): string[] {
  const all = people.map(({ identity }) => identity);
  if (all.length <= size) return all;
  const front = filled(all, before, size);
  for (const { identity } of people.filter(({ isSpeaking }) => isSpeaking)) {
    if (!front.includes(identity)) giveWay(front, people, identity);
  }
  return [...front, ...all.filter((identity) => !front.includes(identity))];
}

/** The first page as it was; places of those who left go to the next. */
function filled(all: string[], before: string[], size: number): string[] {
  const kept = before.slice(0, size).filter((identity) => all.includes(identity));
  const waiting = all.filter((identity) => !kept.includes(identity));
  return [...kept, ...waiting].slice(0, size);
}

function giveWay(front: string[], people: Person[], speaker: string): void {
  const quiet = people
    .filter(
      ({ identity, isLocal, isSpeaking }) => front.includes(identity) && !isLocal && !isSpeaking,
    )
    .sort((one, other) => one.lastSpokeAt - other.lastSpokeAt)[0];
  if (quiet) front[front.indexOf(quiet.identity)] = speaker;
}

/** Whom the speaker view shows: whoever speaks until they stop, then the loudest of those who do. */
export function nextSpeaker(people: Person[], now: string | null): string | null {
  const current = people.find(({ identity }) => identity === now);
  if (current?.isSpeaking) return now;
  const others = people.filter(({ isLocal }) => !isLocal);
  const [loudest] = others
    .filter(({ isSpeaking }) => isSpeaking)
    .sort((one, other) => other.loudness - one.loudness);
  return (loudest ?? current ?? others[0] ?? people[0])?.identity ?? null;
}
