/** Which devices there are, and which are chosen. */

import { signal } from "@preact/signals";
import type { LocalTrack } from "livekit-client";
import { camera, microphone } from "../devices";
import { type Kind, remembered } from "./saved-devices";

const KINDS: Record<MediaDeviceKind, Kind> = {
  videoinput: "camera",
  audioinput: "microphone",
  audiooutput: "speaker",
};

export const devices = signal<Record<Kind, MediaDeviceInfo[]>>({
  camera: [],
  microphone: [],
  speaker: [],
});
/** The id of each device in use; empty where the browser chose. */
export const chosen = signal<Record<Kind, string>>({ camera: "", microphone: "", speaker: "" });

/** By kind. Before a permission, browsers tell of devices without id: those cannot be chosen. */
export function sorted(found: MediaDeviceInfo[]): Record<Kind, MediaDeviceInfo[]> {
  const lists: Record<Kind, MediaDeviceInfo[]> = { camera: [], microphone: [], speaker: [] };
  for (const device of found) if (device.deviceId) lists[KINDS[device.kind]].push(device);
  if (!("setSinkId" in HTMLMediaElement.prototype)) lists.speaker = [];
  return lists;
}

/** Look again: what is there, and what of it is in use. */
export async function look(): Promise<void> {
  const there = sorted((await navigator.mediaDevices?.enumerateDevices()) ?? []);
  devices.value = there;
  chosen.value = {
    camera: used(camera.value, there.camera),
    microphone: used(microphone.value, there.microphone),
    speaker: speaker(there.speaker, remembered().speaker),
  };
}

/** A track that is off is opened with what was chosen meanwhile only when it is switched on again. */
export function used(track: LocalTrack | null, there: MediaDeviceInfo[]): string {
  if (!track) return "";
  const next = track.isMuted ? track.constraints.deviceId : undefined;
  const known = there.find(({ deviceId }) => deviceId === (exactOf(next) ?? next));
  return known?.deviceId ?? track.mediaStreamTrack.getSettings().deviceId ?? "";
}

/** The device that has to be used, where it has to be a certain one. */
export function exactOf(wanted: ConstrainDOMString | undefined): string | undefined {
  const exact = typeof wanted === "object" && "exact" in wanted ? wanted.exact : undefined;
  return Array.isArray(exact) ? exact[0] : exact;
}

/** Last time's where it is there, else the browser's own, which stands first; "" where none can be chosen. */
export function speaker(there: MediaDeviceInfo[], last: string | undefined): string {
  const known = there.find(({ deviceId }) => deviceId === last);
  return (known ?? there[0])?.deviceId ?? "";
}
