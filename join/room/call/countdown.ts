/** The remaining time of the meeting, in milliseconds. */

/** Shown from here on. */
export const SHOWN_FROM = 10 * 60_000;

/** Such as "9:05". */
export function countdown(left: number): string {
  const seconds = Math.max(0, Math.ceil(left / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
