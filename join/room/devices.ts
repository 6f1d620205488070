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
import { type Input, savedDevices, saveOn, wasOn } from "./lobby/saved-devices";

type DeviceTrack = LocalVideoTrack | LocalAudioTrack;

export const camera = signal<LocalVideoTrack | null>(null);
export const microphone = signal<LocalAudioTrack | null>(null);
export const isCameraOn = signal(true);
export const isMicrophoneOn = signal(true);
/** Why a device cannot be used; null when it can. */
export const cameraError = signal<DeviceError | null>(null);
export const microphoneError = signal<DeviceError | null>(null);
export const isOpening = signal(true);
/** What is on, and does not reach the others in the call. */
export const unsent = signal<Input[]>([]);

/** The signals of one device, and how it is opened: the saved one, or else any. */
export interface Device<T extends DeviceTrack = DeviceTrack> {
  kind: Input;
  track: Signal<T | null>;
  isOn: Signal<boolean>;
  error: Signal<DeviceError | null>;
  create: (deviceId?: ConstrainDOMString) => Promise<T>;
  /** Whether it is on when it is opened next: as it was shown last. */
  startsOn: boolean;
}

export const CAMERA: Device<LocalVideoTrack> = {
  kind: "camera",
  track: camera,
  isOn: isCameraOn,
  error: cameraError,
  create: (deviceId = savedDevices().camera) => createLocalVideoTrack({ deviceId }),
  startsOn: wasOn("camera"),
};
export const MICROPHONE: Device<LocalAudioTrack> = {
  kind: "microphone",
  track: microphone,
  isOn: isMicrophoneOn,
  error: microphoneError,
  create: (deviceId = savedDevices().microphone) => createLocalAudioTrack({ deviceId }),
  startsOn: wasOn("microphone"),
};

/** Called when the browser has opened a device: whether it starts muted all the same. */
type StartsMuted = () => boolean;

/** The opened track; null when it cannot be opened, or another attempt was faster. */
export async function openTrack<T extends DeviceTrack>(
  device: Device<T>,
  startsMuted: StartsMuted,
): Promise<T | null> {
  try {
    const track = keptWhileItWorks(await device.create());
    if (!device.startsOn || startsMuted()) await track.mute(); // before it can be published
    if (device.track.peek()) {
      track.stop();
      return null;
    }
    adopt(device, track);
    device.startsOn = !track.isMuted;
    return track;
  } catch (error) {
    if (!device.track.peek()) fail(device, deviceErrorOf(error, isSecureContext));
    return null;
  }
}

/** Open another device instead of the one in use, which goes on when that fails. Throws the browser's error. */
export async function replaceTrack<T extends DeviceTrack>(
  device: Device<T>,
  id: string,
  late: AbortSignal,
): Promise<void> {
  const before = device.track.peek();
  const track = keptWhileItWorks(await device.create({ exact: id }));
  if (!device.isOn.peek()) await track.mute();
  // Nobody waits for it any more, or what it was to replace was lost or closed meanwhile.
  if (late.aborted || device.track.peek() !== before) return track.stop();
  adopt(device, track);
  before?.stop();
}

function adopt<T extends DeviceTrack>(device: Device<T>, track: T): void {
  batch(() => {
    device.track.value = track;
    device.isOn.value = !track.isMuted;
    device.error.value = null;
  });
}

/**
 * When it reconnects, LiveKit's client stops each device and opens it again: by then another program may have it.
 * One that works is left alone.
 */
function keptWhileItWorks<T extends DeviceTrack>(track: T): T {
  const restart = track.restartTrack.bind(track);
  track.restartTrack = async () => {
    const { readyState, muted } = track.mediaStreamTrack;
    if (readyState !== "live" || muted) await restart();
  };
  return track;
}

export function toggleCamera(): Promise<void> {
  return toggle(CAMERA);
}

export function toggleMicrophone(): Promise<void> {
  return toggle(MICROPHONE);
}

function toggle<T extends DeviceTrack>(device: Device<T>): Promise<void> {
  const isOn = !device.isOn.peek();
  if (device.track.peek()) remember(device, isOn);
  return turn(device, isOn);
}

function remember<T extends DeviceTrack>(device: Device<T>, isOn: boolean): void {
  device.startsOn = isOn;
  saveOn(device.kind, isOn);
}

/** Tracks whose mute or unmute is in progress. */
const busy = new Set<DeviceTrack>();

export function isBusy(track: DeviceTrack): boolean {
  return busy.has(track);
}

/**
 * Switch it on or off, and do not remember that. Muting a camera releases it (its light goes off), so unmuting may
 * fail and needs time. When the state changes meanwhile, the last one wins.
 */
export async function turn<T extends DeviceTrack>(device: Device<T>, isOn: boolean): Promise<void> {
  const track = device.track.peek();
  if (!track) return;
  device.isOn.value = isOn;
  if (busy.has(track)) return;
  busy.add(track);
  const isCurrent = () => device.track.peek() === track;
  try {
    while (isCurrent() && track.isMuted === device.isOn.peek())
      await (track.isMuted ? track.unmute() : track.mute());
  } catch (error) {
    dropTrack(track, deviceErrorOf(error, isSecureContext));
  } finally {
    busy.delete(track);
    if (!isCurrent()) track.stop(); // what was opened for it belongs to nobody
  }
}

/** Returns whether a TrackMuted event came from a host, who can mute microphones only. */
export function handleTrackMuted(source: Track.Source): boolean {
  if (source !== Track.Source.Microphone || !isMicrophoneOn.value) return false;
  if (microphone.value && busy.has(microphone.value)) return false;
  isMicrophoneOn.value = false;
  remember(MICROPHONE, false);
  return true;
}

/** For a track that does not work, or whose device was unplugged. */
export function dropTrack(track: DeviceTrack, reason: DeviceError = "missing"): void {
  track.stop();
  if (track === camera.value) fail(CAMERA, reason);
  if (track === microphone.value) fail(MICROPHONE, reason);
}

export function fail<T extends DeviceTrack>(device: Device<T>, reason: DeviceError): void {
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
