/** In which order people are listed, and who is found by a name. */

import type { Person } from "./people";

/** Raised hands as they went up, then oneself, then hosts, then the others as they came. */
export function inOrder(people: Person[], hands: string[]): Person[] {
  const rank = (person: Person) => {
    const place = hands.indexOf(person.identity);
    if (place >= 0) return place - hands.length;
    if (person.isLocal) return 0;
    return person.isHost ? 1 : 2;
  };
  return [...people].sort((one, other) => rank(one) - rank(other));
}

/** Those whose name has it anywhere, whatever its case and accents. */
export function found(people: Person[], query: string): Person[] {
  const sought = plain(query.trim());
  return people.filter(({ name }) => plain(name).includes(sought));
}

function plain(text: string): string {
  return text
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase();
}
