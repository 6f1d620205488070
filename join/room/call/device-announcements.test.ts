import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { setWords } from "../words";
import { notify } from "./announcer";
import { DEVICE_LISTENER } from "./device-announcements";

vi.mock("./announcer", () => ({ notify: vi.fn() }));

beforeEach(() => {
  vi.mocked(notify).mockReset();
  setWords({
    camera: "Camera",
    cameraGone: "It went.",
    microphoneInstead: "Now in use: {device}",
    cameraInstead: "Now in use: {device}",
    microphoneFound: "One was found.",
    noCamera: "It cannot be used",
    busyHelp: "Another program has it.",
  });
});
afterEach(() => {
  setWords({});
  vi.unstubAllGlobals();
});

describe("a device change is announced", () => {
  it("when the device is unplugged", () => {
    DEVICE_LISTENER.gone("camera");
    expect(notify).toHaveBeenCalledWith("It went.");
  });

  it("when another device is used, with its name", () => {
    DEVICE_LISTENER.replaced("microphone", "Built-in");
    expect(notify).toHaveBeenCalledWith("Now in use: Built-in");
  });

  it("also where the browser exposes no name", () => {
    DEVICE_LISTENER.replaced("camera", "");
    expect(notify).toHaveBeenCalledWith("Now in use: Camera");
  });

  it("when a device is found", () => {
    DEVICE_LISTENER.found("microphone");
    expect(notify).toHaveBeenCalledWith("One was found.");
  });

  it("when a device becomes unusable, with help", () => {
    vi.stubGlobal("navigator", { userAgent: "" });
    DEVICE_LISTENER.failed("camera", "busy");
    expect(notify).toHaveBeenCalledWith("It cannot be used. Another program has it.");
  });
});
