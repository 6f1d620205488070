/**
 * The time since the page was opened, in milliseconds, for durations: it goes on during system sleep, and does not
 * change when somebody sets the machine's clock.
 *
 * Browsers' own monotonic clock stands still during sleep on some systems. The time of day does not, but it can be
 * set. What tells the two apart is the connection: sleep breaks it.
 */

let slept = 0;

export function now(): number {
  return performance.now() + slept;
}

/** Smaller differences between the two clocks are not looked at. */
const NOTICEABLE = 5_000;
/** The connection breaks within this time after waking. */
const BREAKS_WITHIN = 60_000;

export class SleepDetector {
  private wall = Date.now();
  private awake = performance.now();
  /** By how much the time of day was ahead, for whatever reason, and until when that may turn out to be sleep. */
  private ahead = { milliseconds: 0, until: 0 };

  /** The milliseconds, since the last call, in which the page did nothing. */
  tick(isConnected: boolean): number {
    const awake = performance.now() - this.awake;
    const ahead = Date.now() - this.wall - awake;
    this.awake += awake;
    this.wall += awake + ahead;
    if (ahead > NOTICEABLE) this.ahead = { milliseconds: ahead, until: this.awake + BREAKS_WITHIN };
    if (isConnected || this.awake > this.ahead.until) return awake;
    const { milliseconds } = this.ahead;
    this.ahead.milliseconds = 0;
    slept += milliseconds;
    return awake + milliseconds;
  }
}
