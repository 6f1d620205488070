import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { now, SleepDetector } from "./clock";

const MINUTE = 60_000;
let detector: SleepDetector;
let begun: number;
const passed = () => now() - begun;

beforeEach(() => {
  vi.useFakeTimers();
  detector = new SleepDetector();
  begun = now();
});
afterEach(() => {
  vi.useRealTimers();
});

/** As while the system sleeps, where the monotonic clock stands still; or as when somebody sets the clock. */
function putForward(milliseconds: number): void {
  vi.setSystemTime(Date.now() + milliseconds);
}

describe("the clock", () => {
  it("goes on", () => {
    vi.advanceTimersByTime(MINUTE);
    expect(detector.tick(true)).toBe(MINUTE);
    expect(passed()).toBe(MINUTE);
  });

  it("counts sleep, which breaks the connection", () => {
    putForward(7 * MINUTE);
    vi.advanceTimersByTime(1_000);
    expect(detector.tick(true)).toBe(1_000);
    vi.advanceTimersByTime(5_000);
    expect(detector.tick(false)).toBe(7 * MINUTE + 5_000);
    expect(passed()).toBe(7 * MINUTE + 6_000);
    expect(detector.tick(false)).toBe(0);
  });

  it.each([11, -11])("is not set by %s minutes with the machine's", (minutes) => {
    putForward(minutes * MINUTE);
    vi.advanceTimersByTime(1_000);
    expect(detector.tick(true)).toBe(1_000);
    vi.advanceTimersByTime(2 * MINUTE);
    expect(detector.tick(true)).toBe(2 * MINUTE);
    expect(detector.tick(false)).toBe(0);
    expect(passed()).toBe(2 * MINUTE + 1_000);
  });
});
