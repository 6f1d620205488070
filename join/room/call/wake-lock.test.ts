import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { holdWakeLock } from "./wake-lock";

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

describe("the wake lock", () => {
  it("is held during the call, and not longer", async () => {
    const stop = holdWakeLock();
    await settled();
    expect(locks).toHaveLength(1);
    stop();
    expect(locks[0]?.release).toHaveBeenCalled();
  });

  it("is requested again when the page is visible again", async () => {
    const stop = holdWakeLock();
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

  it("is not requested twice while held", async () => {
    const stop = holdWakeLock();
    await settled();
    page.become("visible");
    await settled();
    expect(locks).toHaveLength(1);
    stop();
  });

  it("is released when granted after the call", async () => {
    holdWakeLock()();
    await settled();
    expect(locks.every(({ release }) => release.mock.calls.length === 1)).toBe(true);
    expect(locks).toHaveLength(1);
  });

  it("is not requested after the call", async () => {
    holdWakeLock()();
    await settled();
    page.become("hidden");
    page.become("visible");
    await settled();
    expect(locks).toHaveLength(1);
  });

  it("may be refused, and nothing fails", async () => {
    browser(() => Promise.reject(new DOMException("", "NotAllowedError")));
    const stop = holdWakeLock();
    await settled();
    expect(stop).not.toThrow();
  });

  it("may be unsupported, and nothing fails", async () => {
    vi.stubGlobal("navigator", {});
    const stop = holdWakeLock();
    await settled();
    expect(stop).not.toThrow();
  });
});
