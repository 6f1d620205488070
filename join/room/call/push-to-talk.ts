/** Push to talk: unmuted while a key is held. */

import { isMicrophoneOn, microphone, toggleMicrophone } from "../devices";

let isPushed = false;

/** Unmute until `stopTalking`. Does nothing when unmuted already, or without a microphone. */
export function talk(): void {
  if (!microphone.value || isMicrophoneOn.value) return;
  isPushed = true;
  void toggleMicrophone();
}

/** Mute again, unless a host has muted meanwhile, or the person was unmuted before `talk`. */
export function stopTalking(): void {
  if (isPushed && isMicrophoneOn.value) void toggleMicrophone();
  isPushed = false;
}
