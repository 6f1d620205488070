import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { sorted, speaker, used } from "./device-list";

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

describe("the camera in use", () => {
  const two = [device("videoinput", "old"), device("videoinput", "new")];
  const track = (isMuted: boolean, deviceId: ConstrainDOMString) =>
    ({
      isMuted,
      constraints: { deviceId },
      mediaStreamTrack: { getSettings: () => ({ deviceId: "old" }) },
    }) as never;

  it("is the one that is open", () => {
    expect(used(track(false, "new"), two)).toBe("old");
    expect(used(null, two)).toBe("");
  });

  it("is the one that was chosen while it was off", () => {
    expect(used(track(true, "new"), two)).toBe("new");
    expect(used(track(true, { exact: "new" }), two)).toBe("new");
  });

  it("is not one that has gone since", () => {
    expect(used(track(true, "gone"), two)).toBe("old");
  });
});
