import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { remember, remembered } from "./saved-devices";

let shelf: Map<string, string>;

beforeEach(() => {
  shelf = new Map();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => shelf.get(key) ?? null,
    setItem: (key: string, value: string) => shelf.set(key, value),
  });
});
afterEach(() => vi.unstubAllGlobals());

describe("the devices chosen last time", () => {
  it("are remembered, each by itself", () => {
    remember("camera", "a");
    remember("microphone", "b");
    remember("camera", "c");
    expect(remembered()).toEqual({ camera: "c", microphone: "b" });
  });

  it("are none at first", () => {
    expect(remembered()).toEqual({});
  });

  it.each(["", "{", "null", "3"])("are none when %j is kept", (kept) => {
    shelf.set("upclass-meet-devices", kept);
    expect(remembered()).toEqual({});
  });

  it("are none where nothing may be kept, and nothing fails", () => {
    vi.stubGlobal("localStorage", undefined);
    expect(remembered()).toEqual({});
    expect(() => remember("camera", "a")).not.toThrow();
  });
});
