/** The person's own camera and microphone, from the preview into the call. */

import { batch, signal } from "@preact/signals";
import {
  createLocalAudioTrack,
  createLocalVideoTrack,
  type LocalAudioTrack,
  type LocalVideoTrack,
} from "livekit-client";

export const camera = signal<LocalVideoTrack | null>(null);
export const microphone = signal<LocalAudioTrack | null>(null);
export const isCameraOn = signal(true);
export const isMicrophoneOn = signal(true);
/** What could not be opened, for people; empty when all is well. */
export const trouble = signal("");
export const isOpening = signal(true);

/** Open camera and microphone, each on its own, so that one can be missing. */
export async function openDevices(): Promise<void> {
  isOpening.value = true;
  const [video, audio] = await Promise.allSettled([
    createLocalVideoTrack(),
    createLocalAudioTrack(),
  ]);
  batch(() => {
    camera.value = video.status === "fulfilled" ? video.value : null;
    microphone.value = audio.status === "fulfilled" ? audio.value : null;
    isCameraOn.value = camera.value !== null;
    isMicrophoneOn.value = microphone.value !== null;
    trouble.value = sayTrouble(camera.value === null, microphone.value === null);
    isOpening.value = false;
  });
}

export function sayTrouble(noCamera: boolean, noMicrophone: boolean): string {
  const missing = [noCamera && "camera", noMicrophone && "microphone"]
    .filter(Boolean)
    .join(" and ");
  if (!missing) return "";
  return `Your ${missing} cannot be used. You can join all the same, or allow it for this page and load it again.`;
}

export async function toggleCamera(): Promise<void> {
  isCameraOn.value = await toggle(camera.value, isCameraOn.value);
}

export async function toggleMicrophone(): Promise<void> {
  isMicrophoneOn.value = await toggle(microphone.value, isMicrophoneOn.value);
}

/** Returns whether the track is on afterwards. Muting a camera also switches off its light. */
async function toggle(track: LocalVideoTrack | LocalAudioTrack | null, isOn: boolean) {
  if (!track) return false;
  await (isOn ? track.mute() : track.unmute());
  return !isOn;
}

/** A track that turned out not to work: its button says so. */
export function giveUp(track: LocalVideoTrack | LocalAudioTrack): void {
  track.stop();
  batch(() => {
    if (track === camera.value) {
      camera.value = null;
      isCameraOn.value = false;
    } else {
      microphone.value = null;
      isMicrophoneOn.value = false;
    }
    trouble.value = sayTrouble(camera.value === null, microphone.value === null);
  });
}

export function closeDevices(): void {
  camera.value?.stop();
  microphone.value?.stop();
  camera.value = null;
  microphone.value = null;
}
