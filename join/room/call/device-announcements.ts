/** What is told when a camera or microphone comes or goes during the call. */

import { attend, type Input, type Listener } from "../door/device-changes";
import { browserOf, helpFor } from "../door/device-errors";
import { type Key, say } from "../words";
import { tell } from "./announcer";

const GONE: Record<Input, Key> = { camera: "cameraGone", microphone: "microphoneGone" };
const INSTEAD: Record<Input, Key> = { camera: "cameraInstead", microphone: "microphoneInstead" };
const FOUND: Record<Input, Key> = { camera: "cameraFound", microphone: "microphoneFound" };
const FAILED: Record<Input, Key> = { camera: "noCamera", microphone: "noMicrophone" };

export const LISTENER: Listener = {
  gone: (kind) => tell(say(GONE[kind])),
  replaced: (kind, device) => tell(say(INSTEAD[kind], { device: device || say(kind) })),
  found: (kind) => tell(say(FOUND[kind])),
  failed: (kind, reason) => {
    const help = say(helpFor(reason, browserOf(navigator.userAgent)));
    tell(`${say(FAILED[kind])}. ${help}`);
  },
};

/** Keep an eye on camera and microphone until the returned function is called. */
export function watchDevices(): () => void {
  return attend(LISTENER);
}
