/** When to say that the meeting's time is nearly over. */

/** Minutes before the end at which it is said. */
const TOLD_AT = [10, 5, 1];
/** A browser's timer that is set for longer than 24 days rings at once. */
const WAIT_AT_MOST = 60 * 60_000;
/** A machine that slept past the moment says nothing. */
const LATE = 20_000;

interface Moment {
  minutes: number;
  /** Milliseconds since 1970. */
  at: number;
}

/** The next moment after `now` at which it is said; null when none is left. */
export function nextMoment(endsAt: number, now: number): Moment | null {
  const moments = TOLD_AT.map((minutes) => ({ minutes, at: endsAt - minutes * 60_000 }));
  return moments.find(({ at }) => at > now) ?? null;
}

/** Calls `tell` at each moment, until the returned function is called. */
export function watchMinutes(endsAt: number, tell: (minutes: number) => void): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const wait = (moment: Moment | null) => {
    if (!moment) return;
    const left = moment.at - Date.now();
    timer = setTimeout(() => ring(moment), Math.min(Math.max(0, left), WAIT_AT_MOST));
  };
  const ring = (moment: Moment) => {
    const late = Date.now() - moment.at;
    if (late < 0) return wait(moment);
    if (late < LATE) tell(moment.minutes);
    wait(nextMoment(endsAt, Date.now()));
  };
  wait(nextMoment(endsAt, Date.now()));
  return () => clearTimeout(timer);
}
