/** Text of others without what nobody sees, and what changes how the rest is shown. */

/**
 * Controls but for newline and tab, marks of direction, and characters without width. The joiners U+200C and
 * U+200D stay: scripts and emoji need them.
 */
const UNSEEN = /(?![\n\t])\p{Cc}|\p{Bidi_Control}|[\u00AD\u200B\u2060-\u2064\u206A-\u206F\uFEFF]/gu;

export function visible(text: string): string {
  return text.replace(UNSEEN, "");
}

/** On one line, as a name is; empty when there is nothing to see. */
export function visibleName(name: string): string {
  const shown = visible(name.replace(/\s+/g, " ")).trim();
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(shown) ? shown : "";
}
