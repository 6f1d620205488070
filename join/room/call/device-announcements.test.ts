import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { speak } from "../words";
import { tell } from "./announcer";
import { LISTENER } from "./device-announcements";

vi.mock("./announcer", () => ({ tell: vi.fn() }));

beforeEach(() => {
  vi.mocked(tell).mockReset();
  speak({
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
  speak({});
  vi.unstubAllGlobals();
});

describe("what comes and goes is told", () => {
  it("when it goes", () => {
    LISTENER.gone("camera");
    expect(tell).toHaveBeenCalledWith("It went.");
  });

  it("when another one takes its place, with its name", () => {
    LISTENER.replaced("microphone", "Built-in");
    expect(tell).toHaveBeenCalledWith("Now in use: Built-in");
  });

  it("also where the browser does not tell the name", () => {
    LISTENER.replaced("camera", "");
    expect(tell).toHaveBeenCalledWith("Now in use: Camera");
  });

  it("when it comes", () => {
    LISTENER.found("microphone");
    expect(tell).toHaveBeenCalledWith("One was found.");
  });

  it("when it cannot be used any more, with what helps", () => {
    vi.stubGlobal("navigator", { userAgent: "" });
    LISTENER.failed("camera", "busy");
    expect(tell).toHaveBeenCalledWith("It cannot be used. Another program has it.");
  });
});
