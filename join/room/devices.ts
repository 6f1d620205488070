/** The person's own camera and microphone, from the preview into the call. */

import { batch, type Signal, signal } from "@preact/signals";
import {
  createLocalAudioTrack,
  createLocalVideoTrack,
  type LocalAudioTrack,
  type LocalVideoTrack,
  Track,
} from "livekit-client";
import { type Reason, reasonOf } from "./door/device-errors";
import { remembered } from "./door/saved-devices";

type Own = LocalVideoTrack | LocalAudioTrack;

export const camera = signal<LocalVideoTrack | null>(null);
export const microphone = signal<LocalAudioTrack | null>(null);
export const isCameraOn = signal(true);
export const isMicrophoneOn = signal(true);
/** Why each cannot be used; null when it can. */
export const cameraTrouble = signal<Reason | null>(null);
export const microphoneTrouble = signal<Reason | null>(null);
export const isOpening = signal(true);

/** What belongs to one of them. */
interface Device<T extends Own> {
  kept: Signal<T | null>;
  isOn: Signal<boolean>;
  trouble: Signal<Reason | null>;
}

const CAMERA = { kept: camera, isOn: isCameraOn, trouble: cameraTrouble };
const MICROPHONE = { kept: microphone, isOn: isMicrophoneOn, trouble: microphoneTrouble };

/** Asked when the browser has opened a device: whether that is to begin off. */
type IsOff = () => boolean;

/** Open last time's, or any. */
export function openCamera(isOff?: IsOff): Promise<void> {
  return opened(() => createLocalVideoTrack({ deviceId: remembered().camera }), CAMERA, isOff);
}

export function openMicrophone(isOff?: IsOff): Promise<void> {
  return opened(
    () => createLocalAudioTrack({ deviceId: remembered().microphone }),
    MICROPHONE,
    isOff,
  );
}

async function opened<T extends Own>(
  open: () => Promise<T>,
  { kept, isOn, trouble }: Device<T>,
  isOff: IsOff = () => false,
): Promise<void> {
  try {
    const track = await open();
    if (isOff()) await track.mute(); // before anything can be sent of it
    kept.peek()?.stop();
    batch(() => {
      kept.value = track;
      isOn.value = !track.isMuted;
      trouble.value = null;
    });
  } catch (error) {
    lose({ kept, isOn, trouble }, reasonOf(error, isSecureContext));
  }
}

export function toggleCamera(): Promise<void> {
  return toggle(camera.value, isCameraOn);
}

export function toggleMicrophone(): Promise<void> {
  return toggle(microphone.value, isMicrophoneOn);
}

/** Tracks that are being switched on or off at the moment. */
const busy = new Set<Own>();

/**
 * Muting a camera also switches off its light; so it may be gone, or taken, when it is switched on again. That
 * takes a moment, in which people may think better of it: their last word counts.
 */
async function toggle(track: Own | null, isOn: Signal<boolean>): Promise<void> {
  if (!track) return;
  isOn.value = !isOn.value;
  if (busy.has(track)) return;
  busy.add(track);
  try {
    while (track.isMuted === isOn.value) await (isOn.value ? track.unmute() : track.mute());
  } catch (error) {
    giveUp(track, reasonOf(error, isSecureContext));
  } finally {
    busy.delete(track);
  }
}

/** A track was muted, perhaps by somebody else, who may only do that to a microphone. Returns whether it was. */
export function heedMuting(muted: Track.Source): boolean {
  if (muted !== Track.Source.Microphone || !isMicrophoneOn.value) return false;
  if (microphone.value && busy.has(microphone.value)) return false;
  isMicrophoneOn.value = false;
  return true;
}

/** A track that turned out not to work, or whose device was unplugged: its button says so. */
export function giveUp(track: Own, reason: Reason = "missing"): void {
  track.stop();
  if (track === camera.value) lose(CAMERA, reason);
  if (track === microphone.value) lose(MICROPHONE, reason);
}

function lose<T extends Own>({ kept, isOn, trouble }: Device<T>, reason: Reason): void {
  batch(() => {
    kept.value = null;
    isOn.value = false;
    trouble.value = reason;
  });
}

export function closeDevices(): void {
  camera.value?.stop();
  microphone.value?.stop();
  camera.value = null;
  microphone.value = null;
}
