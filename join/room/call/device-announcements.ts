/** Announces changes of camera and microphone during the call. */

import { type DeviceListener, watchDeviceChanges } from "../lobby/device-changes";
import { browserOf, helpFor } from "../lobby/device-errors";
import type { Input } from "../lobby/saved-devices";
import { type Key, t } from "../words";
import { notify } from "./announcer";

const GONE: Record<Input, Key> = { camera: "cameraGone", microphone: "microphoneGone" };
const INSTEAD: Record<Input, Key> = { camera: "cameraInstead", microphone: "microphoneInstead" };
const FOUND: Record<Input, Key> = { camera: "cameraFound", microphone: "microphoneFound" };
const FAILED: Record<Input, Key> = { camera: "noCamera", microphone: "noMicrophone" };

export const DEVICE_LISTENER: DeviceListener = {
  gone: (kind) => notify(t(GONE[kind])),
  replaced: (kind, device) => notify(t(INSTEAD[kind], { device: device || t(kind) })),
  found: (kind) => notify(t(FOUND[kind])),
  failed: (kind, reason) => {
    const help = t(helpFor(reason, browserOf(navigator.userAgent)));
    notify(`${t(FAILED[kind])}. ${help}`);
  },
};

export function watchDevices(): () => void {
  return watchDeviceChanges(DEVICE_LISTENER);
}
