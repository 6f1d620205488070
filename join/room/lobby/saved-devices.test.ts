import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { saveDevice, savedDevices } from "./saved-devices";

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
