import { beforeEach, describe, expect, it, vi } from "vitest";
import { handleTrackMuted, isMicrophoneOn, microphone } from "../devices";
import { stopTalking, talk } from "./push-to-talk";

const own = { isMuted: true, mute: vi.fn(), unmute: vi.fn() };
const settled = () => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  stopTalking();
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
  it("unmutes from keydown to keyup", async () => {
    talk();
    expect(isMicrophoneOn.value).toBe(true);
    await settled();
    expect(own.isMuted).toBe(false);
    stopTalking();
    expect(isMicrophoneOn.value).toBe(false);
    await settled();
    expect(own.isMuted).toBe(true);
  });

  it("ends muted, however short", async () => {
    talk();
    stopTalking();
    await settled();
    expect([own.isMuted, isMicrophoneOn.value]).toEqual([true, false]);
  });

  it("does not mute a person who was unmuted before", () => {
    isMicrophoneOn.value = true;
    talk();
    stopTalking();
    expect(isMicrophoneOn.value).toBe(true);
    expect(own.mute).not.toHaveBeenCalled();
  });

  it("does nothing without a microphone", () => {
    microphone.value = null;
    talk();
    expect(isMicrophoneOn.value).toBe(false);
  });

  it("keeps the mute of a host meanwhile", async () => {
    talk();
    await settled();
    own.isMuted = true;
    handleTrackMuted("microphone" as never);
    stopTalking();
    expect(isMicrophoneOn.value).toBe(false);
    expect(own.mute).not.toHaveBeenCalled();
  });

  it("does not mute a person who unmutes after it", () => {
    talk();
    stopTalking();
    isMicrophoneOn.value = true;
    stopTalking();
    expect(isMicrophoneOn.value).toBe(true);
  });
});
