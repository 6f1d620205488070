/** Order and search of the list of people. */

import type { Person } from "./people";

/** Raised hands first, oldest first; then the local participant, hosts, and the others by join time. */
export function sortPeople(people: Person[], hands: string[]): Person[] {
  const rank = (person: Person) => {
    const place = hands.indexOf(person.identity);
    if (place >= 0) return place - hands.length;
    if (person.isLocal) return 0;
    return person.isHost ? 1 : 2;
  };
  return [...people].sort((one, other) => rank(one) - rank(other));
}

/** By a part of the name, ignoring case and accents. */
export function search(people: Person[], query: string): Person[] {
  const needle = normalized(query.trim());
  return people.filter(({ name }) => normalized(name).includes(needle));
}

function normalized(text: string): string {
  return text
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase();
}
