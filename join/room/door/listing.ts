/** Which devices there are and which are chosen, while they are plugged in and out. */

import { effect, signal } from "@preact/signals";
import { TrackEvent } from "livekit-client";
import {
  camera,
  cameraTrouble,
  giveUp,
  isOpening,
  microphone,
  microphoneTrouble,
  openCamera,
  openDevices,
  openMicrophone,
} from "../devices";
import { type Kind, remember, remembered } from "./choices";
import type { Reason } from "./trouble";

const INPUTS: Record<MediaDeviceKind, Kind> = {
  videoinput: "camera",
  audioinput: "microphone",
  audiooutput: "speaker",
};
const CURABLE: (Reason | null)[] = ["missing", "busy", "unknown"];

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
  for (const device of found) if (device.deviceId) lists[INPUTS[device.kind]].push(device);
  if (!("setSinkId" in HTMLMediaElement.prototype)) lists.speaker = [];
  return lists;
}

/** Look again: what is there, and what of it is in use. */
export async function look(): Promise<void> {
  devices.value = sorted((await navigator.mediaDevices?.enumerateDevices()) ?? []);
  const used = (track: { mediaStreamTrack: MediaStreamTrack } | null) =>
    track?.mediaStreamTrack.getSettings().deviceId ?? "";
  chosen.value = {
    camera: used(camera.value),
    microphone: used(microphone.value),
    speaker: speaker(devices.value.speaker, remembered().speaker),
  };
}

/** Last time's where it is there, else the browser's own, which stands first; "" where none can be chosen. */
export function speaker(there: MediaDeviceInfo[], last: string | undefined): string {
  const known = there.find(({ deviceId }) => deviceId === last);
  return (known ?? there[0])?.deviceId ?? "";
}

/** Use another device, from now on and next time. */
export async function choose(kind: Kind, id: string): Promise<void> {
  remember(kind, id);
  chosen.value = { ...chosen.value, [kind]: id };
  if (kind === "speaker") return;
  const track = kind === "camera" ? camera.value : microphone.value;
  if (!track) return openMissing();
  await track.setDeviceId(id).catch(() => giveUp(track, "busy"));
}

/** Open what has become possible since: something was plugged in, set free or allowed. */
async function mend(): Promise<void> {
  await look();
  if (isOpening.value) return;
  const { camera: cameras, microphone: microphones } = devices.value;
  if (!camera.value && cameras.length && CURABLE.includes(cameraTrouble.value)) await openCamera();
  if (!microphone.value && microphones.length && CURABLE.includes(microphoneTrouble.value))
    await openMicrophone();
  await look();
}

/** Open the devices and keep an eye on them until the returned function is called. */
export function watch(): () => void {
  const away = new AbortController();
  const { signal: over } = away;
  navigator.mediaDevices?.addEventListener("devicechange", () => void mend(), { signal: over });
  for (const name of ["camera", "microphone"]) void whenAllowed(name, over);
  const stops = [watchTrack(camera), watchTrack(microphone)];
  over.addEventListener("abort", () => {
    for (const stop of stops) stop();
  });
  void (camera.value || microphone.value ? look() : openDevices().then(look));
  return () => away.abort();
}

/** A track ends by itself when its device is unplugged. */
function watchTrack(kept: typeof camera | typeof microphone): () => void {
  return effect(() => {
    const track = kept.value;
    const lost = () => {
      if (track) giveUp(track);
      void mend();
    };
    track?.once(TrackEvent.Ended, lost);
    return () => void track?.off(TrackEvent.Ended, lost);
  });
}

/** Some browsers tell when a person has allowed what was denied. */
async function whenAllowed(name: string, over: AbortSignal): Promise<void> {
  try {
    const permission = await navigator.permissions.query({ name: name as PermissionName });
    const reopen = () => {
      if (permission.state === "granted" && !isOpening.value) void openMissing().then(look);
    };
    permission.addEventListener("change", reopen, { signal: over });
  } catch {
    // This one does not; "Try again" is there.
  }
}

/** Try again what did not open. */
export async function openMissing(): Promise<void> {
  isOpening.value = true;
  await Promise.all([
    camera.value ? null : openCamera(),
    microphone.value ? null : openMicrophone(),
  ]);
  isOpening.value = false;
  await look();
}
