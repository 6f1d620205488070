import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { refusedKind } from "../lobby/device-changes";
import { chosen } from "../lobby/device-list";
import { followAudioOutput } from "./audio-output";
import { room } from "./connection";

const calls = () => ({
  switchActiveDevice: vi.fn(async (_kind: string, _id: string) => true),
  getActiveDevice: () => "loud",
});
let first: ReturnType<typeof calls>;
let stop: () => void;

function choose(kind: "speaker" | "camera", id: string) {
  chosen.value = { ...chosen.value, [kind]: id };
}

beforeEach(() => {
  chosen.value = { camera: "", microphone: "", speaker: "loud" };
  first = calls();
  room.value = first as never;
  stop = followAudioOutput();
});
afterEach(() => {
  stop();
  room.value = null;
});

describe("the speaker", () => {
  it("is the one that was chosen before the call", () => {
    expect(first.switchActiveDevice.mock.calls).toEqual([["audiooutput", "loud"]]);
  });

  it("changes at once with the choice", () => {
    choose("speaker", "soft");
    expect(first.switchActiveDevice).toHaveBeenLastCalledWith("audiooutput", "soft");
  });

  it("is applied to the next connection", () => {
    const second = calls();
    room.value = null;
    room.value = second as never;
    expect(second.switchActiveDevice.mock.calls).toEqual([["audiooutput", "loud"]]);
  });

  it("is not set again for another camera", () => {
    choose("camera", "front");
    expect(first.switchActiveDevice).toHaveBeenCalledTimes(1);
  });

  it("is left to the browser where none can be chosen", () => {
    choose("speaker", "");
    expect(first.switchActiveDevice).toHaveBeenCalledTimes(1);
  });

  it("that cannot be set is not shown as if it were in use", async () => {
    first.switchActiveDevice.mockRejectedValue(new Error("cannot switch audio output"));
    choose("speaker", "gone");
    await vi.waitFor(() => expect(chosen.value.speaker).toBe("loud"));
    expect(refusedKind.value).toBe("speaker");
  });

  it("is not followed after the call", () => {
    stop();
    choose("speaker", "soft");
    expect(first.switchActiveDevice).toHaveBeenCalledTimes(1);
  });
});
