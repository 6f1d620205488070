/** What runs during the call and renders nothing. */

import { followAudioOutput } from "./audio-output";
import { watchDevices } from "./device-announcements";
import { watchFullScreen } from "./fullscreen";
import { watchMutedSpeech } from "./muted-speech";
import { dialog } from "./panels";
import { watchSent } from "./sent";
import { watchUnload } from "./unload";
import { holdWakeLock } from "./wake-lock";

export function startBackground(): () => void {
  const stops = [
    watchDevices(),
    followAudioOutput(),
    watchSent(),
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
