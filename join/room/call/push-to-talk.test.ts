import { beforeEach, describe, expect, it, vi } from "vitest";
import { heedMuting, isMicrophoneOn, microphone } from "../devices";
import { hush, talk } from "./push-to-talk";

const own = { isMuted: true, mute: vi.fn(), unmute: vi.fn() };
const settled = () => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  hush();
  own.isMuted = true;
  own.mute.mockReset().mockImplementation(async () => {
    own.isMuted = true;
  });
  own.unmute.mockReset().mockImplementation(async () => {
    own.isMuted = false;
  });
  microphone.value = own as never;
  isMicrophoneOn.value = false;
});

describe("push to talk", () => {
  it("is heard from push to release", async () => {
    talk();
    expect(isMicrophoneOn.value).toBe(true);
    await settled();
    expect(own.isMuted).toBe(false);
    hush();
    expect(isMicrophoneOn.value).toBe(false);
    await settled();
    expect(own.isMuted).toBe(true);
  });

  it("as short as it may be ends muted", async () => {
    talk();
    hush();
    await settled();
    expect([own.isMuted, isMicrophoneOn.value]).toEqual([true, false]);
  });

  it("does not mute who was heard before", () => {
    isMicrophoneOn.value = true;
    talk();
    hush();
    expect(isMicrophoneOn.value).toBe(true);
    expect(own.mute).not.toHaveBeenCalled();
  });

  it("does nothing without a microphone", () => {
    microphone.value = null;
    talk();
    expect(isMicrophoneOn.value).toBe(false);
  });

  it("leaves muted who was muted meanwhile by a host", async () => {
    talk();
    await settled();
    own.isMuted = true;
    heedMuting("microphone" as never);
    hush();
    expect(isMicrophoneOn.value).toBe(false);
    expect(own.mute).not.toHaveBeenCalled();
  });

  it("does not mute later who unmutes for good after it", () => {
    talk();
    hush();
    isMicrophoneOn.value = true;
    hush();
    expect(isMicrophoneOn.value).toBe(true);
  });
});
