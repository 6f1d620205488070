import { Track } from "livekit-client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  camera,
  cameraError,
  handleTrackMuted,
  isCameraOn,
  isMicrophoneOn,
  microphone,
  toggleCamera,
  toggleMicrophone,
} from "./devices";

/** A track whose unmute takes a while, as a camera's does. */
class FakeTrack {
  isMuted = false;
  stop = vi.fn();
  /** Makes unmute fail. */
  error: Error | null = null;
  private waiting: (() => void)[] = [];

  async mute(): Promise<void> {
    this.isMuted = true;
  }

  async unmute(): Promise<void> {
    await new Promise<void>((resolve) => this.waiting.push(resolve));
    if (this.error) throw this.error;
    this.isMuted = false;
  }

  /** The device has opened. */
  async opens(): Promise<void> {
    for (const go of this.waiting.splice(0)) go();
    await new Promise((resolve) => setTimeout(resolve));
  }
}

let own: FakeTrack;

beforeEach(() => {
  vi.stubGlobal("isSecureContext", true);
  own = new FakeTrack();
  camera.value = own as unknown as typeof camera.value;
  microphone.value = own as unknown as typeof microphone.value;
  isCameraOn.value = true;
  isMicrophoneOn.value = true;
});

afterEach(() => vi.unstubAllGlobals());

describe("a device", () => {
  it("is switched off and on", async () => {
    await toggleCamera();
    expect([own.isMuted, isCameraOn.value]).toEqual([true, false]);
    const on = toggleCamera();
    await own.opens();
    await on;
    expect([own.isMuted, isCameraOn.value]).toEqual([false, true]);
  });

  it("that is switched on and at once off again ends off", async () => {
    await toggleMicrophone();
    const on = toggleMicrophone();
    await toggleMicrophone();
    await own.opens();
    await on;
    expect([own.isMuted, isMicrophoneOn.value]).toEqual([true, false]);
  });

  it("obeys the last of many toggles", async () => {
    await toggleMicrophone();
    const first = toggleMicrophone();
    await toggleMicrophone();
    await toggleMicrophone();
    await own.opens();
    await first;
    expect([own.isMuted, isMicrophoneOn.value]).toEqual([false, true]);
  });

  it("that cannot be unmuted any more has an error", async () => {
    await toggleCamera();
    own.error = new DOMException("", "NotReadableError");
    const on = toggleCamera();
    await own.opens();
    await on;
    expect(camera.value).toBeNull();
    expect(cameraError.value).toBe("busy");
    expect(isCameraOn.value).toBe(false);
  });

  it("that is not there stays off", async () => {
    camera.value = null;
    isCameraOn.value = false;
    await toggleCamera();
    expect(isCameraOn.value).toBe(false);
  });
});

describe("being muted", () => {
  it("by a host is shown", () => {
    expect(handleTrackMuted(Track.Source.Microphone)).toBe(true);
    expect(isMicrophoneOn.value).toBe(false);
  });

  it("by this person is not a host's action", async () => {
    await toggleMicrophone();
    expect(handleTrackMuted(Track.Source.Microphone)).toBe(false);
  });

  it("by this person while toggling is not a host's action either", async () => {
    await toggleMicrophone();
    const on = toggleMicrophone();
    expect(handleTrackMuted(Track.Source.Microphone)).toBe(false);
    expect(isMicrophoneOn.value).toBe(true);
    await own.opens();
    await on;
  });

  it("by a host is handled again afterwards", async () => {
    await toggleMicrophone();
    const on = toggleMicrophone();
    await own.opens();
    await on;
    expect(handleTrackMuted(Track.Source.Microphone)).toBe(true);
  });
});
