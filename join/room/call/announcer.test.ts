import { effect } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { announce, announced, INTERVAL, notify, TOAST_FOR, toasts } from "./announcer";

const texts = (list: typeof announced) => list.value.map(({ text }) => text);

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.runAllTimers(); // nothing remains queued for the next test
  vi.useRealTimers();
});

describe("an announcement", () => {
  it("is announced at once, without a toast", () => {
    announce("Anna joined");
    expect(texts(announced)).toEqual(["Anna joined"]);
    expect(texts(toasts)).toEqual([]);
  });

  it("waits for the interval after the one before", () => {
    for (const text of ["one", "two", "three"]) announce(text);
    expect(texts(announced)).toEqual(["one"]);
    vi.advanceTimersByTime(INTERVAL);
    expect(texts(announced)).toEqual(["one", "two"]);
    vi.advanceTimersByTime(INTERVAL);
    expect(texts(announced)).toEqual(["one", "two", "three"]);
  });

  it("that is repeated is read twice", () => {
    announce("muted");
    announce("muted");
    vi.advanceTimersByTime(INTERVAL);
    expect(texts(announced)).toEqual(["muted", "muted"]);
    expect(new Set(announced.value.map(({ id }) => id)).size).toBe(2);
  });

  it("is made at once after a pause", () => {
    announce("one");
    vi.advanceTimersByTime(10 * INTERVAL);
    announce("two");
    expect(texts(announced)).toContain("two");
  });

  it("is removed after a while", () => {
    announce("one");
    vi.advanceTimersByTime(60_000);
    expect(texts(announced)).toEqual([]);
  });

  it("is dropped when the queue is full, oldest first", () => {
    for (let i = 0; i < 1000; i++) announce(String(i));
    const read: string[] = [];
    const stop = effect(() => void read.push(...texts(announced).slice(-1)));
    vi.advanceTimersByTime(60_000);
    stop();
    expect(new Set(read).size).toBeLessThan(60);
    expect(read).toContain("999");
  });

  it("within an effect does not make it run again", () => {
    let runs = 0;
    const stop = effect(() => {
      runs += 1;
      notify("once");
    });
    vi.advanceTimersByTime(20_000);
    stop();
    expect(runs).toBe(1);
  });
});

describe("a notification", () => {
  it("is announced and shown as a toast", () => {
    notify("Recording has started.");
    expect(texts(announced)).toEqual(["Recording has started."]);
    expect(texts(toasts)).toEqual(["Recording has started."]);
  });

  it("is shown for some seconds", () => {
    notify("one");
    vi.advanceTimersByTime(TOAST_FOR - 1);
    expect(texts(toasts)).toEqual(["one"]);
    vi.advanceTimersByTime(1);
    expect(texts(toasts)).toEqual([]);
  });

  it("has a timer of its own", () => {
    notify("one");
    vi.advanceTimersByTime(TOAST_FOR / 2);
    notify("two");
    vi.advanceTimersByTime(TOAST_FOR / 2);
    expect(texts(toasts)).toEqual(["two"]);
  });

  it("is dropped when there are three newer ones", () => {
    for (const text of ["one", "two", "three", "four"]) notify(text);
    expect(texts(toasts)).toEqual(["two", "three", "four"]);
  });
});
