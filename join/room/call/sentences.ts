/** Names in a sentence, and texts that are too long for one. */

import { type Key, say } from "../words";

/** "Anna", "Anna and Ben", "Anna, Ben and Cem", "Anna, Ben and 3 others", as the language has it. */
export function listed(names: string[], language: string): string {
  const shown =
    names.length <= 3
      ? names
      : [...names.slice(0, 2), say("others", { count: String(names.length - 2) })];
  return new Intl.ListFormat(language, { type: "conjunction" }).format(shown);
}

/** Languages put the verb differently for one and for several: so each has a sentence of its own. */
export function sentence(one: Key, several: Key, names: string[], language: string): string {
  const list = listed(names, language);
  return say(names.length === 1 ? one : several, { name: list, names: list });
}

/** On one line, and not longer than `most` characters. */
export function shortened(text: string, most: number): string {
  const characters = [...text.replace(/\s+/g, " ").trim()];
  if (characters.length <= most) return characters.join("");
  return `${characters.slice(0, most - 1).join("")}…`;
}
