import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { saveDevice, savedDevices, saveOn, wasOn } from "./saved-devices";

let storage: Map<string, string>;

beforeEach(() => {
  storage = new Map();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => storage.get(key) ?? null,
    setItem: (key: string, value: string) => storage.set(key, value),
  });
});
afterEach(() => vi.unstubAllGlobals());

describe("the devices chosen last time", () => {
  it("are saved, each by itself", () => {
    saveDevice("camera", "a");
    saveDevice("microphone", "b");
    saveDevice("camera", "c");
    expect(savedDevices()).toEqual({ camera: "c", microphone: "b" });
  });

  it("are none at first", () => {
    expect(savedDevices()).toEqual({});
  });

  it.each(["", "{", "null", "3"])("are none when %j is stored", (stored) => {
    storage.set("upclass-meet-devices", stored);
    expect(savedDevices()).toEqual({});
  });

  it("are none without storage, and nothing fails", () => {
    vi.stubGlobal("localStorage", undefined);
    expect(savedDevices()).toEqual({});
    expect(() => saveDevice("camera", "a")).not.toThrow();
  });
});

describe("whether they were on", () => {
  it("is so at first, and is saved, each by itself", () => {
    expect([wasOn("camera"), wasOn("microphone")]).toEqual([true, true]);
    saveOn("camera", false);
    expect([wasOn("camera"), wasOn("microphone")]).toEqual([false, true]);
    saveDevice("camera", "a");
    saveOn("microphone", false);
    saveOn("camera", true);
    expect([wasOn("camera"), wasOn("microphone")]).toEqual([true, false]);
    expect(savedDevices().camera).toBe("a");
  });

  it.each(['{"off": 3}', '{"off": {}}'])("is so when %j is stored", (stored) => {
    storage.set("upclass-meet-devices", stored);
    expect(wasOn("camera")).toBe(true);
  });
});
