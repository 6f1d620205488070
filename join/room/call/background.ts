/** What runs during the call and renders nothing. */

import { followAudioOutput } from "./audio-output";
import { watchDevices } from "./device-announcements";
import { watchFullScreen } from "./fullscreen";
import { watchMutedSpeech } from "./muted-speech";
import { dialog } from "./panels";
import { watchUnload } from "./unload";
import { holdWakeLock } from "./wake-lock";

export function startBackground(): () => void {
  const stops = [
    watchDevices(),
    followAudioOutput(),
    watchMutedSpeech(),
    watchFullScreen(),
    holdWakeLock(),
    watchUnload(),
  ];
  return () => {
    for (const stop of stops) stop();
    dialog.value = null;
  };
}
