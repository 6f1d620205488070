/** Lists of names in sentences, and shortened texts. */

import { type Key, t } from "../words";

/** "Anna", "Anna and Ben", "Anna, Ben and Cem", "Anna, Ben and 3 others", in the page's language. */
export function listNames(names: string[], language: string): string {
  const shown =
    names.length <= 3
      ? names
      : [...names.slice(0, 2), t("others", { count: String(names.length - 2) })];
  return new Intl.ListFormat(language, { type: "conjunction" }).format(shown);
}

/** Singular and plural are separate sentences, because verbs differ. */
export function sentence(one: Key, several: Key, names: string[], language: string): string {
  const list = listNames(names, language);
  return t(names.length === 1 ? one : several, { name: list, names: list });
}

/** On one line, and not longer than `most` characters. */
export function shorten(text: string, most: number): string {
  const characters = [...text.replace(/\s+/g, " ").trim()];
  if (characters.length <= most) return characters.join("");
  return `${characters.slice(0, most - 1).join("")}…`;
}
