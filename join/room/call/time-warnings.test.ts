import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { now } from "./clock";
import { nextWarning, watchTimeLeft } from "./time-warnings";

const MINUTE = 60_000;

function later(milliseconds: number): () => number {
  const real = performance.now.bind(performance);
  return () => real() + milliseconds;
}

describe("the next warning", () => {
  const end = 1_000 * MINUTE;

  it.each([
    [500, 10],
    [11, 10],
    [9.9, 5],
    [5.1, 5],
    [4.9, 1],
    [1.1, 1],
  ])("with %s minutes left is at %s", (left, minutes) => {
    const at = end - minutes * MINUTE;
    expect(nextWarning(end, end - left * MINUTE)).toEqual({ minutes, at });
  });

  it.each([1, 0.5, 0, -5])("with %s minutes left is none", (left) => {
    expect(nextWarning(end, end - left * MINUTE)).toBeNull();
  });
});

describe("the warnings", () => {
  let warned: number[];
  let stop: () => void;
  const end = (minutes: number) => {
    stop = watchTimeLeft(now() + minutes * MINUTE, (left) => warned.push(left));
  };

  beforeEach(() => {
    vi.useFakeTimers();
    warned = [];
  });

  afterEach(() => {
    stop();
    vi.useRealTimers();
  });

  it("come at ten, five and one minutes", () => {
    end(12);
    vi.advanceTimersByTime(2 * MINUTE - 1);
    expect(warned).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(warned).toEqual([10]);
    vi.advanceTimersByTime(5 * MINUTE);
    expect(warned).toEqual([10, 5]);
    vi.advanceTimersByTime(30 * MINUTE);
    expect(warned).toEqual([10, 5, 1]);
  });

  it("from before the join are skipped", () => {
    end(7);
    vi.advanceTimersByTime(10 * MINUTE);
    expect(warned).toEqual([5, 1]);
  });

  it("may be weeks away", () => {
    end(60 * 24 * 40);
    vi.advanceTimersByTime(60 * 24 * 39 * MINUTE);
    expect(warned).toEqual([]);
    vi.advanceTimersByTime(60 * 24 * MINUTE);
    expect(warned).toEqual([10, 5, 1]);
  });

  it("are skipped when late, after system sleep", () => {
    end(12);
    const clock = later(8 * MINUTE);
    vi.spyOn(performance, "now").mockImplementation(clock); // timers stood still
    vi.advanceTimersByTime(2 * MINUTE);
    expect(warned).toEqual([]);
    vi.advanceTimersByTime(MINUTE);
    expect(warned).toEqual([1]);
    vi.restoreAllMocks();
  });

  it.each([8, -8])("come in time when the clock is set by %s minutes", (minutes) => {
    end(12);
    vi.setSystemTime(Date.now() + minutes * MINUTE);
    vi.advanceTimersByTime(2 * MINUTE);
    expect(warned).toEqual([10]);
  });

  it("end with the returned function", () => {
    end(12);
    stop();
    vi.advanceTimersByTime(20 * MINUTE);
    expect(warned).toEqual([]);
  });
});
