import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { stayAwake } from "./wake-lock";

class Lock {
  released = false;
  release = vi.fn(async () => {
    this.released = true;
  });
}

class Page extends EventTarget {
  visibilityState = "visible";

  become(state: string) {
    this.visibilityState = state;
    if (state === "hidden") for (const lock of locks) lock.released = true; // as browsers do
    this.dispatchEvent(new Event("visibilitychange"));
  }
}

let page: Page;
let locks: Lock[];
const settled = () => new Promise((resolve) => setTimeout(resolve));

function browser(request: () => Promise<Lock>) {
  vi.stubGlobal("navigator", { wakeLock: { request } });
}

beforeEach(() => {
  page = new Page();
  locks = [];
  vi.stubGlobal("document", page);
  browser(async () => {
    locks.push(new Lock());
    return locks.at(-1) as Lock;
  });
});
afterEach(() => vi.unstubAllGlobals());

describe("the screen", () => {
  it("stays awake during the call, and not longer", async () => {
    const stop = stayAwake();
    await settled();
    expect(locks).toHaveLength(1);
    stop();
    expect(locks[0]?.release).toHaveBeenCalled();
  });

  it("stays awake again when the page comes back into sight", async () => {
    const stop = stayAwake();
    await settled();
    page.become("hidden");
    await settled();
    expect(locks).toHaveLength(1);
    page.become("visible");
    await settled();
    expect(locks).toHaveLength(2);
    stop();
    expect(locks[1]?.release).toHaveBeenCalled();
  });

  it("is not asked for twice while it is awake", async () => {
    const stop = stayAwake();
    await settled();
    page.become("visible");
    await settled();
    expect(locks).toHaveLength(1);
    stop();
  });

  it("may sleep when the call was over before the browser answered", async () => {
    stayAwake()();
    await settled();
    expect(locks.every(({ release }) => release.mock.calls.length === 1)).toBe(true);
    expect(locks).toHaveLength(1);
  });

  it("is not asked for after the call", async () => {
    stayAwake()();
    await settled();
    page.become("hidden");
    page.become("visible");
    await settled();
    expect(locks).toHaveLength(1);
  });

  it("sleeps where browsers refuse, and nothing fails", async () => {
    browser(() => Promise.reject(new DOMException("", "NotAllowedError")));
    const stop = stayAwake();
    await settled();
    expect(stop).not.toThrow();
  });

  it("sleeps where browsers know nothing of it", async () => {
    vi.stubGlobal("navigator", {});
    const stop = stayAwake();
    await settled();
    expect(stop).not.toThrow();
  });
});
