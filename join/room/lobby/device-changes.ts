/** Opens, chooses and reopens devices as they are plugged in and out, in the preview and in the call. */

import { effect, untracked } from "@preact/signals";
import { TrackEvent } from "livekit-client";
import {
  camera,
  cameraError,
  dropTrack,
  isCameraOn,
  isMicrophoneOn,
  isOpening,
  microphone,
  microphoneError,
  openCamera,
  openMicrophone,
} from "../devices";
import type { DeviceError } from "./device-errors";
import { chosen, devices, exactId, refreshDevices } from "./device-list";
import { type DeviceKind, saveDevice } from "./saved-devices";

/** A speaker is not opened. */
export type Input = Exclude<DeviceKind, "speaker">;

const OWN = {
  camera: {
    track: camera,
    isOn: isCameraOn,
    error: cameraError,
    open: openCamera,
  },
  microphone: {
    track: microphone,
    isOn: isMicrophoneOn,
    error: microphoneError,
    open: openMicrophone,
  },
};
const INPUTS: Input[] = ["camera", "microphone"];
const RETRYABLE: (DeviceError | null)[] = ["missing", "busy", "unknown"];
/** Milliseconds in which another device replaces a lost one, unmuted if that was. */
const REPLACE_WITHIN = 5_000;

/** Callbacks during the call. */
export interface DeviceListener {
  /** Unplugged, and there is no replacement. */
  gone(kind: Input): void;
  /** Unplugged, and another device is used: its label, where the browser exposes it. */
  replaced(kind: Input, name: string): void;
  /** Opened where there was none. It is muted. */
  found(kind: Input): void;
  /** Still plugged in, but unusable: opened by another program while it was muted, for example. */
  failed(kind: Input, reason: DeviceError): void;
}

let isWatching = false;
let listener: DeviceListener | null = null;
const losses = new Map<Input, { at: number; wasOn: boolean }>();

/** For the preview: open the devices, and watch them until the returned function is called. */
export function openAndWatch(): () => void {
  const stop = watchDeviceChanges(null);
  void (camera.value || microphone.value ? refreshDevices() : openMissing());
  return stop;
}

/**
 * Watch the devices until the returned function is called. With a listener, in the call, devices are opened muted,
 * unless they replace one that was unmuted: nobody is seen or heard unexpectedly.
 */
export function watchDeviceChanges(callbacks: DeviceListener | null): () => void {
  const controller = new AbortController();
  const { signal } = controller;
  isWatching = true;
  listener = callbacks;
  losses.clear();
  navigator.mediaDevices?.addEventListener("devicechange", () => void retryMissing(), { signal });
  const stops = INPUTS.flatMap((kind) => [watchTrack(kind), watchError(kind)]);
  for (const kind of INPUTS) void watchPermission(kind, signal);
  return () => {
    controller.abort();
    for (const stop of stops) stop();
    isWatching = false;
    listener = null;
  };
}

/** Switch to another device, and save the choice. */
export async function choose(kind: DeviceKind, id: string): Promise<void> {
  saveDevice(kind, id);
  chosen.value = { ...chosen.value, [kind]: id };
  if (kind === "speaker") return;
  const track = OWN[kind].track.value;
  if (!track) return openMissing([kind]);
  await track.setDeviceId({ exact: id }).catch(() => dropTrack(track, "busy"));
}

/** Open the devices that are not open. */
export function openMissing(kinds: Input[] = INPUTS): Promise<void> {
  return enqueue(async () => {
    isOpening.value = true;
    await Promise.all(kinds.map(open));
    isOpening.value = false;
    await refreshDevices();
  });
}

/** After a device change: open what was missing or busy, but not what was denied. */
function retryMissing(): Promise<void> {
  return enqueue(async () => {
    await refreshDevices();
    INPUTS.forEach(relaxConstraint);
    if (isOpening.value) return;
    for (const kind of INPUTS)
      if (devices.value[kind].length && RETRYABLE.includes(OWN[kind].error.value)) await open(kind);
    await refreshDevices();
  });
}

let queue: Promise<void> = Promise.resolve();

/** One after the other: devicechange events come in bursts, and a device opened twice is closed only once. */
function enqueue(task: () => Promise<void>): Promise<void> {
  queue = queue.then(task, task);
  return queue;
}

async function open(kind: Input): Promise<void> {
  const own = OWN[kind];
  if (own.track.value) return;
  const callbacks = listener;
  const loss = losses.get(kind);
  losses.delete(kind);
  const isReplacement = !!loss && Date.now() - loss.at < REPLACE_WITHIN;
  await own.open(() => listener !== null && !(isReplacement && loss.wasOn));
  const opened = own.track.peek();
  if (!opened) return;
  if (!isWatching)
    dropTrack(opened); // the call ended before the browser had opened it
  else if (isReplacement) callbacks?.replaced(kind, opened.mediaStreamTrack.label);
  else callbacks?.found(kind);
}

/** LiveKit emits Ended when the device is unplugged, Restarted when the track uses another one. */
function watchTrack(kind: Input): () => void {
  const current = OWN[kind].track;
  return effect(() => {
    const track = current.value;
    const onEnded = () => void onTrackEnded(kind);
    const onRestarted = () => void refreshDevices();
    track?.once(TrackEvent.Ended, onEnded);
    track?.on(TrackEvent.Restarted, onRestarted);
    return () => {
      track?.off(TrackEvent.Ended, onEnded);
      track?.off(TrackEvent.Restarted, onRestarted);
    };
  });
}

/** The `exact` constraint of a device that has gone becomes `ideal`: rather another device than none. */
function relaxConstraint(kind: Input): void {
  const constraints = OWN[kind].track.peek()?.constraints;
  const exact = exactId(constraints?.deviceId);
  const isPresent = devices.peek()[kind].some(({ deviceId }) => deviceId === exact);
  if (constraints && exact && !isPresent) constraints.deviceId = exact;
}

function watchError(kind: Input): () => void {
  const { error } = OWN[kind];
  let before = error.peek();
  return effect(() => {
    const now = error.value;
    if (now && !before && !losses.has(kind)) untracked(() => listener?.failed(kind, now));
    before = now;
  });
}

async function onTrackEnded(kind: Input): Promise<void> {
  const track = OWN[kind].track.peek();
  if (track) {
    losses.set(kind, { at: Date.now(), wasOn: OWN[kind].isOn.peek() });
    dropTrack(track);
    track.isMuted = true; // else LiveKit's client reopens a device for it, which nobody would close
  }
  await retryMissing();
  if (!OWN[kind].track.peek()) listener?.gone(kind);
}

/** Open a device when its permission is granted later, where the browser emits that event. */
async function watchPermission(kind: Input, signal: AbortSignal): Promise<void> {
  try {
    const permission = await navigator.permissions.query({ name: kind as PermissionName });
    const reopen = () => {
      if (permission.state === "granted" && !isOpening.value) void openMissing([kind]);
    };
    permission.addEventListener("change", reopen, { signal });
  } catch {
    // Unsupported; the "Try again" button remains.
  }
}
