/** Available and chosen devices. */

import { signal } from "@preact/signals";
import type { LocalTrack } from "livekit-client";
import { camera, microphone } from "../devices";
import { patiently } from "./patience";
import { type DeviceKind, savedDevices } from "./saved-devices";

const KINDS: Record<MediaDeviceKind, DeviceKind> = {
  videoinput: "camera",
  audioinput: "microphone",
  audiooutput: "speaker",
};

export const devices = signal<Record<DeviceKind, MediaDeviceInfo[]>>({
  camera: [],
  microphone: [],
  speaker: [],
});
/** The deviceId in use by kind; "" for the browser's default. */
export const chosen = signal<Record<DeviceKind, string>>({
  camera: "",
  microphone: "",
  speaker: "",
});

/** Before permission is granted, devices have no deviceId and cannot be chosen. */
export function byKind(found: MediaDeviceInfo[]): Record<DeviceKind, MediaDeviceInfo[]> {
  const lists: Record<DeviceKind, MediaDeviceInfo[]> = { camera: [], microphone: [], speaker: [] };
  for (const device of found) if (device.deviceId) lists[KINDS[device.kind]].push(device);
  if (!("setSinkId" in HTMLMediaElement.prototype)) lists.speaker = [];
  return lists;
}

/** Enumerate devices again. */
export async function refreshDevices(): Promise<void> {
  const found = await patiently(navigator.mediaDevices?.enumerateDevices() ?? Promise.resolve([]));
  if (found) devices.value = byKind(found);
  const available = devices.value;
  chosen.value = {
    camera: deviceInUse(camera.value, available.camera),
    microphone: deviceInUse(microphone.value, available.microphone),
    speaker: speakerInUse(available.speaker, savedDevices().speaker),
  };
}

/** A muted track switches to a newly chosen device only when it is unmuted. */
export function deviceInUse(track: LocalTrack | null, available: MediaDeviceInfo[]): string {
  if (!track) return "";
  const next = track.isMuted ? track.constraints.deviceId : undefined;
  const known = available.find(({ deviceId }) => deviceId === (exactId(next) ?? next));
  return known?.deviceId ?? track.mediaStreamTrack.getSettings().deviceId ?? "";
}

/** The deviceId of an `exact` constraint. */
export function exactId(wanted: ConstrainDOMString | undefined): string | undefined {
  const exact = typeof wanted === "object" && "exact" in wanted ? wanted.exact : undefined;
  return Array.isArray(exact) ? exact[0] : exact;
}

/** The saved one if present, else the browser's default, which is first; "" where none can be chosen. */
export function speakerInUse(available: MediaDeviceInfo[], saved: string | undefined): string {
  const known = available.find(({ deviceId }) => deviceId === saved);
  return (known ?? available[0])?.deviceId ?? "";
}
