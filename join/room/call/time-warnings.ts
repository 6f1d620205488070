/** Schedules the warnings that the meeting's time is nearly over. */

import { now } from "./clock";

/** Minutes before the end. */
const WARN_AT = [10, 5, 1];
/** setTimeout fires at once when set for more than 24 days. */
const MAX_TIMEOUT = 60 * 60_000;
/** After a longer delay, by system sleep, a warning is skipped. */
const MAX_DELAY = 20_000;

interface Warning {
  minutes: number;
  /** By `now` of clock.ts. */
  at: number;
}

/** The next warning after a moment; null when none is left. */
export function nextWarning(endsAt: number, after: number): Warning | null {
  const warnings = WARN_AT.map((minutes) => ({ minutes, at: endsAt - minutes * 60_000 }));
  return warnings.find(({ at }) => at > after) ?? null;
}

/** Calls `warn` for each, until the returned function is called. */
export function watchTimeLeft(endsAt: number, warn: (minutes: number) => void): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const schedule = (warning: Warning | null) => {
    if (!warning) return;
    const left = warning.at - now();
    timer = setTimeout(() => fire(warning), Math.min(Math.max(0, left), MAX_TIMEOUT));
  };
  const fire = (warning: Warning) => {
    const late = now() - warning.at;
    if (late < 0) return schedule(warning);
    if (late < MAX_DELAY) warn(warning.minutes);
    schedule(nextWarning(endsAt, now()));
  };
  schedule(nextWarning(endsAt, now()));
  return () => clearTimeout(timer);
}
