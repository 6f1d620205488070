import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { sorted, speaker } from "./listing";

const device = (kind: MediaDeviceKind, deviceId: string) => ({ kind, deviceId }) as MediaDeviceInfo;
const ALL = [device("videoinput", "v"), device("audioinput", "a"), device("audiooutput", "s")];

function browser(canChooseSpeaker: boolean) {
  vi.stubGlobal("HTMLMediaElement", { prototype: canChooseSpeaker ? { setSinkId() {} } : {} });
}

beforeEach(() => browser(true));
afterEach(() => vi.unstubAllGlobals());

describe("the devices", () => {
  it("are sorted by what they do", () => {
    const lists = sorted(ALL);
    expect(lists.camera[0]?.deviceId).toBe("v");
    expect(lists.microphone[0]?.deviceId).toBe("a");
    expect(lists.speaker[0]?.deviceId).toBe("s");
  });

  it("have no speakers where a page cannot choose one", () => {
    browser(false);
    expect(sorted(ALL).speaker).toEqual([]);
    expect(sorted(ALL).camera).toHaveLength(1);
  });

  it("that a browser does not name yet cannot be chosen", () => {
    expect(sorted([device("videoinput", "")]).camera).toEqual([]);
  });
});

describe("the speaker", () => {
  const two = [device("audiooutput", "default"), device("audiooutput", "s")];

  it("is last time's while it is there", () => {
    expect(speaker(two, "s")).toBe("s");
  });

  it("is the browser's own when that is gone", () => {
    expect(speaker(two, "gone")).toBe("default");
    expect(speaker(two, undefined)).toBe("default");
  });

  it("is left to the browser where there is no choice", () => {
    expect(speaker([], "s")).toBe("");
  });
});
