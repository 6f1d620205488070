/** The person's own camera and microphone, from the preview into the call. */

import { batch, type Signal, signal } from "@preact/signals";
import {
  createLocalAudioTrack,
  createLocalVideoTrack,
  type LocalAudioTrack,
  type LocalVideoTrack,
} from "livekit-client";
import { remembered } from "./door/choices";
import { type Reason, reasonOf } from "./door/trouble";

type Own = LocalVideoTrack | LocalAudioTrack;

export const camera = signal<LocalVideoTrack | null>(null);
export const microphone = signal<LocalAudioTrack | null>(null);
export const isCameraOn = signal(true);
export const isMicrophoneOn = signal(true);
/** Why each cannot be used; null when it can. */
export const cameraTrouble = signal<Reason | null>(null);
export const microphoneTrouble = signal<Reason | null>(null);
export const isOpening = signal(true);

/** Open last time's camera and microphone, or any; each on its own, so that one can be missing. */
export async function openDevices(): Promise<void> {
  isOpening.value = true;
  await Promise.all([openCamera(), openMicrophone()]);
  isOpening.value = false;
}

export function openCamera(): Promise<void> {
  const open = () => createLocalVideoTrack({ deviceId: remembered().camera });
  return opened(open, camera, isCameraOn, cameraTrouble);
}

export function openMicrophone(): Promise<void> {
  const open = () => createLocalAudioTrack({ deviceId: remembered().microphone });
  return opened(open, microphone, isMicrophoneOn, microphoneTrouble);
}

async function opened<T extends Own>(
  open: () => Promise<T>,
  kept: Signal<T | null>,
  isOn: Signal<boolean>,
  trouble: Signal<Reason | null>,
): Promise<void> {
  try {
    const track = await open();
    batch(() => {
      kept.value = track;
      isOn.value = true;
      trouble.value = null;
    });
  } catch (error) {
    lose(kept, isOn, trouble, reasonOf(error, isSecureContext));
  }
}

export async function toggleCamera(): Promise<void> {
  isCameraOn.value = await toggle(camera.value, isCameraOn.value);
}

export async function toggleMicrophone(): Promise<void> {
  isMicrophoneOn.value = await toggle(microphone.value, isMicrophoneOn.value);
}

/** Returns whether the track is on afterwards. Muting a camera also switches off its light. */
async function toggle(track: Own | null, isOn: boolean) {
  if (!track) return false;
  await (isOn ? track.mute() : track.unmute());
  return !isOn;
}

/** A track that turned out not to work, or whose device was unplugged: its button says so. */
export function giveUp(track: Own, reason: Reason = "missing"): void {
  track.stop();
  if (track === camera.value) lose(camera, isCameraOn, cameraTrouble, reason);
  if (track === microphone.value) lose(microphone, isMicrophoneOn, microphoneTrouble, reason);
}

function lose<T extends Own>(
  kept: Signal<T | null>,
  isOn: Signal<boolean>,
  trouble: Signal<Reason | null>,
  reason: Reason,
): void {
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
