/** What goes on beside the pictures for as long as the call is on the page. */

import { keepSpeaker } from "./audio-output";
import { watchDevices } from "./device-announcements";
import { watchFullScreen } from "./fullscreen";
import { watchMutedSpeech } from "./muted-speech";
import { dialog } from "./panels";
import { stayAwake } from "./wake-lock";

/** Begin all of it; the returned function ends it. */
export function takeCare(): () => void {
  const begun = [watchDevices(), keepSpeaker(), watchMutedSpeech(), watchFullScreen(), stayAwake()];
  return () => {
    for (const stop of begun) stop();
    dialog.value = null;
  };
}
