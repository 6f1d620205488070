/** Push to talk: unmuted while a key is held. */

import { isMicrophoneOn, MICROPHONE, microphone, turn } from "../devices";

let isPushed = false;

/** Unmute until `stopTalking`. False when unmuted already, or without a microphone: then nothing is done. */
export function talk(): boolean {
  if (!microphone.value || isMicrophoneOn.value) return false;
  isPushed = true;
  void turn(MICROPHONE, true);
  return true;
}

/** Mute again, unless a host has muted meanwhile, or the person was unmuted before `talk`. */
export function stopTalking(): void {
  if (isPushed && isMicrophoneOn.value) void turn(MICROPHONE, false);
  isPushed = false;
}
