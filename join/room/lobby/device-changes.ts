/** Opens, chooses and reopens devices as they are plugged in and out, in the preview and in the call. */

import { batch, effect, signal, untracked } from "@preact/signals";
import { TrackEvent } from "livekit-client";
import {
  CAMERA,
  camera,
  type Device,
  dropTrack,
  fail,
  isOpening,
  MICROPHONE,
  microphone,
  openTrack,
  replaceTrack,
} from "../devices";
import type { DeviceError } from "./device-errors";
import { chosen, devices, exactId, refreshDevices } from "./device-list";
import { patiently } from "./patience";
import { type DeviceKind, type Input, saveDevice } from "./saved-devices";

const OWN = { camera: CAMERA as Device, microphone: MICROPHONE as Device };
const INPUTS: Input[] = ["camera", "microphone"];
const RETRYABLE: (DeviceError | null)[] = ["missing", "busy", "unanswered", "unknown"];
/** Milliseconds in which another device replaces a lost one, unmuted if that was. */
const REPLACE_WITHIN = 5_000;

/** Phones open one camera at a time. */
const opensOne = () => /Android|iPhone|iPad/.test(navigator.userAgent);

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

/** Of whoever watches now: the preview, without a listener, or the call. A page may end after the next one began. */
let watch: { listener: DeviceListener | null } | null = null;
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
  const own = { listener: callbacks };
  watch = own;
  losses.clear();
  navigator.mediaDevices?.addEventListener("devicechange", () => void retryMissing(), { signal });
  const stops = INPUTS.flatMap((kind) => [watchTrack(kind), watchError(kind)]);
  for (const kind of INPUTS) void watchPermission(kind, signal);
  return () => {
    controller.abort();
    for (const stop of stops) stop();
    if (watch === own) watch = null;
  };
}

/** The kind of which another device was chosen last and could not be used: the one before still is. */
export const refusedKind = signal<DeviceKind | null>(null);

/** Switch to another device, and save the choice; the one in use goes on until the other one runs. */
export async function choose(kind: DeviceKind, id: string): Promise<void> {
  const before = chosen.peek()[kind];
  refusedKind.value = null;
  if (kind !== "speaker") show(kind, id);
  const isUsed = await (kind === "speaker" ? canPlayOn(id) : switchInput(kind, id));
  if (!isUsed) return refuse(kind, before);
  show(kind, id);
  saveDevice(kind, id);
}

function show(kind: DeviceKind, id: string): void {
  chosen.value = { ...chosen.peek(), [kind]: id };
}

/** Show the device that is still in use, and that the chosen one is not. */
export function refuse(kind: DeviceKind, before: string): void {
  batch(() => {
    show(kind, before);
    refusedKind.value = kind;
  });
}

async function canPlayOn(speaker: string): Promise<boolean> {
  const sink = patiently(new Audio().setSinkId(speaker).then(() => true));
  return (await sink.catch(() => false)) ?? false;
}

/** False when it cannot be opened, and the one before is still in use. */
async function switchInput(kind: Input, id: string): Promise<boolean> {
  const device = OWN[kind];
  const track = device.track.peek();
  if (!track) {
    saveDevice(kind, id);
    await openMissing([kind]);
  } else if (track.isMuted && kind === "camera") {
    await track.setDeviceId({ exact: id }); // opened when it is switched on
  } else {
    let isUsed = false;
    await enqueue(async () => {
      isUsed = (await replaced(device, id)) || (opensOne() && (await releasedFor(device, id)));
      await refreshDevices();
    });
    return isUsed;
  }
  return true;
}

async function replaced(device: Device, id: string): Promise<boolean> {
  const late = new AbortController();
  const opened = replaceTrack(device, id, late.signal).then(() => true);
  const isOpened = await patiently(opened).catch(() => false);
  late.abort();
  return isOpened ?? false;
}

/** Release the device in use for the other one, and open it again when that fails. */
async function releasedFor(device: Device, id: string): Promise<boolean> {
  const track = device.track.peek();
  const before = track?.mediaStreamTrack.getSettings().deviceId ?? "";
  if (!track) return false;
  for (const wanted of [id, before]) {
    track.mediaStreamTrack.stop();
    const isOpen = track.setDeviceId({ exact: wanted }).then(() => true);
    if (await patiently(isOpen).catch(() => false)) return wanted === id;
  }
  dropTrack(track, "busy");
  return false;
}

/** Open the devices that are not open. */
export function openMissing(kinds: Input[] = INPUTS): Promise<void> {
  return enqueue(async () => {
    isOpening.value = true;
    await patiently(Promise.all(kinds.map(open)));
    for (const kind of kinds) expectAnswer(OWN[kind]);
    isOpening.value = false;
    await refreshDevices();
  });
}

/** The browser has neither opened the device nor refused to. It may still do so. */
function expectAnswer(device: Device): void {
  if (!device.track.peek() && !device.error.peek()) fail(device, "unanswered");
}

/** After a device change: open what was missing or busy, but not what was denied. */
function retryMissing(): Promise<void> {
  return enqueue(async () => {
    await refreshDevices();
    INPUTS.forEach(relaxConstraint);
    if (isOpening.value) return;
    for (const kind of INPUTS)
      if (devices.value[kind].length && RETRYABLE.includes(OWN[kind].error.value))
        await patiently(open(kind));
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
  const loss = losses.get(kind);
  losses.delete(kind);
  const isReplacement = !!loss && performance.now() - loss.at < REPLACE_WITHIN;
  const opened = await openTrack(own, () => !!watch?.listener && !(isReplacement && loss.wasOn));
  if (!opened) return;
  if (!watch)
    dropTrack(opened); // the call ended before the browser had opened it
  else if (isReplacement) watch.listener?.replaced(kind, opened.mediaStreamTrack.label);
  else watch.listener?.found(kind);
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
    if (now && !before && !losses.has(kind)) untracked(() => watch?.listener?.failed(kind, now));
    before = now;
  });
}

async function onTrackEnded(kind: Input): Promise<void> {
  const track = OWN[kind].track.peek();
  if (track) {
    losses.set(kind, { at: performance.now(), wasOn: OWN[kind].isOn.peek() });
    dropTrack(track);
    track.isMuted = true; // else LiveKit's client reopens a device for it, which nobody would close
  }
  await retryMissing();
  if (OWN[kind].track.peek()) return;
  const error = OWN[kind].error.peek() ?? "missing";
  if (error === "missing") watch?.listener?.gone(kind);
  else watch?.listener?.failed(kind, error);
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
