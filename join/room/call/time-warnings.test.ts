import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { nextMoment, watchMinutes } from "./time-warnings";

const MINUTE = 60_000;

describe("the next moment", () => {
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
    expect(nextMoment(end, end - left * MINUTE)).toEqual({ minutes, at });
  });

  it.each([1, 0.5, 0, -5])("with %s minutes left is none", (left) => {
    expect(nextMoment(end, end - left * MINUTE)).toBeNull();
  });
});

describe("the time left", () => {
  let told: number[];
  let stop: () => void;
  const end = (minutes: number) => {
    stop = watchMinutes(Date.now() + minutes * MINUTE, (left) => told.push(left));
  };

  beforeEach(() => {
    vi.useFakeTimers();
    told = [];
  });

  afterEach(() => {
    stop();
    vi.useRealTimers();
  });

  it("is told at ten, five and one", () => {
    end(12);
    vi.advanceTimersByTime(2 * MINUTE - 1);
    expect(told).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(told).toEqual([10]);
    vi.advanceTimersByTime(5 * MINUTE);
    expect(told).toEqual([10, 5]);
    vi.advanceTimersByTime(30 * MINUTE);
    expect(told).toEqual([10, 5, 1]);
  });

  it("is not told of what was before one came", () => {
    end(7);
    vi.advanceTimersByTime(10 * MINUTE);
    expect(told).toEqual([5, 1]);
  });

  it("may be weeks", () => {
    end(60 * 24 * 40);
    vi.advanceTimersByTime(60 * 24 * 39 * MINUTE);
    expect(told).toEqual([]);
    vi.advanceTimersByTime(60 * 24 * MINUTE);
    expect(told).toEqual([10, 5, 1]);
  });

  it("is not told late, after the machine slept", () => {
    end(12);
    vi.setSystemTime(Date.now() + 8 * MINUTE); // timers stood still
    vi.advanceTimersByTime(2 * MINUTE);
    expect(told).toEqual([]);
    vi.advanceTimersByTime(MINUTE);
    expect(told).toEqual([1]);
  });

  it("is told no more once nobody watches", () => {
    end(12);
    stop();
    vi.advanceTimersByTime(20 * MINUTE);
    expect(told).toEqual([]);
  });
});
