/** The order of tiles that do not all fit on one page, and the active speaker. */

import type { Person } from "./people";

/**
 * Identities in the order of their tiles. The first page (`size` of them) is stable; a speaker from another page
 * replaces the person who has been silent for longest.
 */
export function orderTiles(people: Person[], before: string[], size: number): string[] {
  const all = people.map(({ identity }) => identity);
  if (all.length <= size) return all;
  const front = firstPage(all, before, size);
  for (const { identity } of people.filter(({ isSpeaking }) => isSpeaking)) {
    if (!front.includes(identity)) replaceSilent(front, people, identity);
  }
  return [...front, ...all.filter((identity) => !front.includes(identity))];
}

/** The previous first page; the places of people who left go to the next. */
function firstPage(all: string[], before: string[], size: number): string[] {
  const kept = before.slice(0, size).filter((identity) => all.includes(identity));
  const waiting = all.filter((identity) => !kept.includes(identity));
  return [...kept, ...waiting].slice(0, size);
}

function replaceSilent(front: string[], people: Person[], speaker: string): void {
  const quiet = people
    .filter(
      ({ identity, isLocal, isSpeaking }) => front.includes(identity) && !isLocal && !isSpeaking,
    )
    .sort((one, other) => one.lastSpokeAt - other.lastSpokeAt)[0];
  if (quiet) front[front.indexOf(quiet.identity)] = speaker;
}

/** The current speaker until they stop, then the loudest; never the local participant while others are there. */
export function activeSpeaker(people: Person[], now: string | null): string | null {
  const others = people.filter(({ isLocal }) => !isLocal);
  const current = others.find(({ identity }) => identity === now);
  if (current?.isSpeaking) return now;
  const [loudest] = others
    .filter(({ isSpeaking }) => isSpeaking)
    .sort((one, other) => other.loudness - one.loudness);
  return (loudest ?? current ?? others[0] ?? people[0])?.identity ?? null;
}
