/** Push to talk: muted, and heard for as long as a key is held. */

import { isMicrophoneOn, microphone, toggleMicrophone } from "../devices";

let isPushed = false;

/** Be heard until `hush`, where one is muted and not for lack of a microphone. */
export function talk(): void {
  if (!microphone.value || isMicrophoneOn.value) return;
  isPushed = true;
  void toggleMicrophone();
}

/** Muted again; unless a host has seen to that already, or it was not by `talk` that one is heard. */
export function hush(): void {
  if (isPushed && isMicrophoneOn.value) void toggleMicrophone();
  isPushed = false;
}
