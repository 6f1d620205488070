import { effect } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { announce, heard, PACE, SEEN_FOR, seen, tell } from "./announcer";

const texts = (list: typeof heard) => list.value.map(({ text }) => text);

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.runAllTimers(); // nothing of one test waits in the next
  vi.useRealTimers();
});

describe("an announcement", () => {
  it("is heard at once and not seen", () => {
    announce("Anna joined");
    expect(texts(heard)).toEqual(["Anna joined"]);
    expect(texts(seen)).toEqual([]);
  });

  it("waits until the one before it had its time", () => {
    for (const text of ["one", "two", "three"]) announce(text);
    expect(texts(heard)).toEqual(["one"]);
    vi.advanceTimersByTime(PACE);
    expect(texts(heard)).toEqual(["one", "two"]);
    vi.advanceTimersByTime(PACE);
    expect(texts(heard)).toEqual(["one", "two", "three"]);
  });

  it("that is told twice is read twice", () => {
    announce("muted");
    announce("muted");
    vi.advanceTimersByTime(PACE);
    expect(texts(heard)).toEqual(["muted", "muted"]);
    expect(new Set(heard.value.map(({ id }) => id)).size).toBe(2);
  });

  it("is read at once again after a silence", () => {
    announce("one");
    vi.advanceTimersByTime(10 * PACE);
    announce("two");
    expect(texts(heard)).toContain("two");
  });

  it("goes after a while", () => {
    announce("one");
    vi.advanceTimersByTime(60_000);
    expect(texts(heard)).toEqual([]);
  });

  it("of a flood is dropped, the newest last", () => {
    for (let i = 0; i < 1000; i++) announce(String(i));
    const read: string[] = [];
    const stop = effect(() => void read.push(...texts(heard).slice(-1)));
    vi.advanceTimersByTime(60_000);
    stop();
    expect(new Set(read).size).toBeLessThan(60);
    expect(read).toContain("999");
  });

  it("from within an effect does not make it run again", () => {
    let runs = 0;
    const stop = effect(() => {
      runs += 1;
      tell("once");
    });
    vi.advanceTimersByTime(20_000);
    stop();
    expect(runs).toBe(1);
  });
});

describe("what is told", () => {
  it("is heard and seen", () => {
    tell("Recording has started.");
    expect(texts(heard)).toEqual(["Recording has started."]);
    expect(texts(seen)).toEqual(["Recording has started."]);
  });

  it("is seen for some seconds", () => {
    tell("one");
    vi.advanceTimersByTime(SEEN_FOR - 1);
    expect(texts(seen)).toEqual(["one"]);
    vi.advanceTimersByTime(1);
    expect(texts(seen)).toEqual([]);
  });

  it("leaves the others their time", () => {
    tell("one");
    vi.advanceTimersByTime(SEEN_FOR / 2);
    tell("two");
    vi.advanceTimersByTime(SEEN_FOR / 2);
    expect(texts(seen)).toEqual(["two"]);
  });

  it("is seen three at once, the newest", () => {
    for (const text of ["one", "two", "three", "four"]) tell(text);
    expect(texts(seen)).toEqual(["two", "three", "four"]);
  });
});
