import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { byKind, deviceInUse, speakerInUse } from "./device-list";

const device = (kind: MediaDeviceKind, deviceId: string) => ({ kind, deviceId }) as MediaDeviceInfo;
const ALL = [device("videoinput", "v"), device("audioinput", "a"), device("audiooutput", "s")];

function browser(canChooseSpeaker: boolean) {
  vi.stubGlobal("HTMLMediaElement", { prototype: canChooseSpeaker ? { setSinkId() {} } : {} });
}

beforeEach(() => browser(true));
afterEach(() => vi.unstubAllGlobals());

describe("the devices", () => {
  it("are sorted by kind", () => {
    const lists = byKind(ALL);
    expect(lists.camera[0]?.deviceId).toBe("v");
    expect(lists.microphone[0]?.deviceId).toBe("a");
    expect(lists.speaker[0]?.deviceId).toBe("s");
  });

  it("have no speakers where a page cannot choose one", () => {
    browser(false);
    expect(byKind(ALL).speaker).toEqual([]);
    expect(byKind(ALL).camera).toHaveLength(1);
  });

  it("without a deviceId cannot be chosen", () => {
    expect(byKind([device("videoinput", "")]).camera).toEqual([]);
  });
});

describe("the speaker", () => {
  const two = [device("audiooutput", "default"), device("audiooutput", "s")];

  it("is the saved one while it is present", () => {
    expect(speakerInUse(two, "s")).toBe("s");
  });

  it("is the browser's default when that is gone", () => {
    expect(speakerInUse(two, "gone")).toBe("default");
    expect(speakerInUse(two, undefined)).toBe("default");
  });

  it("is empty where there is no choice", () => {
    expect(speakerInUse([], "s")).toBe("");
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
    expect(deviceInUse(track(false, "new"), two)).toBe("old");
    expect(deviceInUse(null, two)).toBe("");
  });

  it("is the one that was chosen while muted", () => {
    expect(deviceInUse(track(true, "new"), two)).toBe("new");
    expect(deviceInUse(track(true, { exact: "new" }), two)).toBe("new");
  });

  it("is not one that has gone since", () => {
    expect(deviceInUse(track(true, "gone"), two)).toBe("old");
  });
});
