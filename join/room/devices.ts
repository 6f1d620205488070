/** The local camera and microphone, shared by preview and call. */

import { batch, type Signal, signal } from "@preact/signals";
import {
  createLocalAudioTrack,
  createLocalVideoTrack,
  type LocalAudioTrack,
  type LocalVideoTrack,
  Track,
} from "livekit-client";
import { type DeviceError, deviceErrorOf } from "./lobby/device-errors";
import { savedDevices } from "./lobby/saved-devices";

type DeviceTrack = LocalVideoTrack | LocalAudioTrack;

export const camera = signal<LocalVideoTrack | null>(null);
export const microphone = signal<LocalAudioTrack | null>(null);
export const isCameraOn = signal(true);
export const isMicrophoneOn = signal(true);
/** Why a device cannot be used; null when it can. */
export const cameraError = signal<DeviceError | null>(null);
export const microphoneError = signal<DeviceError | null>(null);
export const isOpening = signal(true);

/** The signals of one device. */
interface Device<T extends DeviceTrack> {
  track: Signal<T | null>;
  isOn: Signal<boolean>;
  error: Signal<DeviceError | null>;
}

const CAMERA = { track: camera, isOn: isCameraOn, error: cameraError };
const MICROPHONE = { track: microphone, isOn: isMicrophoneOn, error: microphoneError };

/** Called when the browser has opened a device: whether it starts muted. */
type StartsMuted = () => boolean;

/** Open the saved device, or else any. */
export function openCamera(startsMuted?: StartsMuted): Promise<void> {
  return openTrack(
    () => createLocalVideoTrack({ deviceId: savedDevices().camera }),
    CAMERA,
    startsMuted,
  );
}

export function openMicrophone(startsMuted?: StartsMuted): Promise<void> {
  return openTrack(
    () => createLocalAudioTrack({ deviceId: savedDevices().microphone }),
    MICROPHONE,
    startsMuted,
  );
}

async function openTrack<T extends DeviceTrack>(
  open: () => Promise<T>,
  device: Device<T>,
  startsMuted: StartsMuted = () => false,
): Promise<void> {
  try {
    const track = await open();
    if (startsMuted()) await track.mute(); // before it can be published
    device.track.peek()?.stop();
    batch(() => {
      device.track.value = track;
      device.isOn.value = !track.isMuted;
      device.error.value = null;
    });
  } catch (error) {
    fail(device, deviceErrorOf(error, isSecureContext));
  }
}

export function toggleCamera(): Promise<void> {
  return toggle(camera.value, isCameraOn);
}

export function toggleMicrophone(): Promise<void> {
  return toggle(microphone.value, isMicrophoneOn);
}

/** Tracks whose mute or unmute is in progress. */
const busy = new Set<DeviceTrack>();

/**
 * Muting a camera releases it (its light goes off), so unmuting may fail and needs time. When the state is
 * toggled meanwhile, the last one wins.
 */
async function toggle(track: DeviceTrack | null, isOn: Signal<boolean>): Promise<void> {
  if (!track) return;
  isOn.value = !isOn.value;
  if (busy.has(track)) return;
  busy.add(track);
  try {
    while (track.isMuted === isOn.value) await (isOn.value ? track.unmute() : track.mute());
  } catch (error) {
    dropTrack(track, deviceErrorOf(error, isSecureContext));
  } finally {
    busy.delete(track);
  }
}

/** Returns whether a TrackMuted event came from a host, who can mute microphones only. */
export function handleTrackMuted(source: Track.Source): boolean {
  if (source !== Track.Source.Microphone || !isMicrophoneOn.value) return false;
  if (microphone.value && busy.has(microphone.value)) return false;
  isMicrophoneOn.value = false;
  return true;
}

/** For a track that does not work, or whose device was unplugged. */
export function dropTrack(track: DeviceTrack, reason: DeviceError = "missing"): void {
  track.stop();
  if (track === camera.value) fail(CAMERA, reason);
  if (track === microphone.value) fail(MICROPHONE, reason);
}

function fail<T extends DeviceTrack>(device: Device<T>, reason: DeviceError): void {
  batch(() => {
    device.track.value = null;
    device.isOn.value = false;
    device.error.value = reason;
  });
}

export function closeDevices(): void {
  camera.value?.stop();
  microphone.value?.stop();
  camera.value = null;
  microphone.value = null;
}
