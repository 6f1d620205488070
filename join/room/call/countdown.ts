/** How long a meeting may still last, in milliseconds. */

/** From here on it is shown. */
export const NEAR = 10 * 60_000;

/** "9:05"; what is over is "0:00". */
export function clock(left: number): string {
  const seconds = Math.max(0, Math.ceil(left / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
