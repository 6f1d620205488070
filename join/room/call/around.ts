/** What goes on beside the pictures for as long as the call is on the page. */

import { watchFullScreen } from "./fullscreen";
import { keepSpeaker } from "./hearing";
import { watchMutedSpeech } from "./muted-speech";
import { dialog } from "./panels";
import { watchDevices } from "./plugged";
import { stayAwake } from "./wakefulness";

/** Begin all of it; the returned function ends it. */
export function takeCare(): () => void {
  const begun = [watchDevices(), keepSpeaker(), watchMutedSpeech(), watchFullScreen(), stayAwake()];
  return () => {
    for (const stop of begun) stop();
    dialog.value = null;
  };
}
