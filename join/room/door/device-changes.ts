/** Devices are opened, chosen, plugged in and out: before the call, and during it. */

import { effect, untracked } from "@preact/signals";
import { TrackEvent } from "livekit-client";
import {
  camera,
  cameraTrouble,
  giveUp,
  isCameraOn,
  isMicrophoneOn,
  isOpening,
  microphone,
  microphoneTrouble,
  openCamera,
  openMicrophone,
} from "../devices";
import type { Reason } from "./device-errors";
import { chosen, devices, exactOf, look } from "./device-list";
import { type Kind, remember } from "./saved-devices";

/** What is opened; a speaker is not. */
export type Input = Exclude<Kind, "speaker">;

const OWN = {
  camera: {
    track: camera,
    isOn: isCameraOn,
    trouble: cameraTrouble,
    open: openCamera,
  },
  microphone: {
    track: microphone,
    isOn: isMicrophoneOn,
    trouble: microphoneTrouble,
    open: openMicrophone,
  },
};
const INPUTS: Input[] = ["camera", "microphone"];
const CURABLE: (Reason | null)[] = ["missing", "busy", "unknown"];
/** Milliseconds in which another device takes the place of a lost one, and is on if that was. */
const INSTEAD = 5_000;

/** Who is told, during the call, of what comes and goes. */
export interface Listener {
  /** Disconnected, and nothing took its place. */
  gone(kind: Input): void;
  /** Another one took the place of one that was disconnected: its name, where browsers tell it. */
  replaced(kind: Input, name: string): void;
  /** Opened where there was none. It is off. */
  found(kind: Input): void;
  /** Not disconnected, and cannot be used any more: taken by another program while it was off, say. */
  failed(kind: Input, reason: Reason): void;
}

let isAttended = false;
let listener: Listener | null = null;
const losses = new Map<Input, { at: number; wasOn: boolean }>();

/** Open the devices and keep an eye on them until the returned function is called. */
export function watch(): () => void {
  const stop = attend(null);
  void (camera.value || microphone.value ? look() : openMissing());
  return stop;
}

/**
 * Keep an eye on the devices until the returned function is called. With somebody to tell, in the call, nobody
 * is seen or heard who was not before: what is opened then is off, unless it takes the place of what was on.
 */
export function attend(told: Listener | null): () => void {
  const away = new AbortController();
  const { signal: over } = away;
  isAttended = true;
  listener = told;
  losses.clear();
  navigator.mediaDevices?.addEventListener("devicechange", () => void mend(), { signal: over });
  const stops = INPUTS.flatMap((kind) => [watchTrack(kind), watchTrouble(kind)]);
  for (const kind of INPUTS) void whenAllowed(kind, over);
  return () => {
    away.abort();
    for (const stop of stops) stop();
    isAttended = false;
    listener = null;
  };
}

/** Use another device, from now on and next time. */
export async function choose(kind: Kind, id: string): Promise<void> {
  remember(kind, id);
  chosen.value = { ...chosen.value, [kind]: id };
  if (kind === "speaker") return;
  const track = OWN[kind].track.value;
  if (!track) return openMissing([kind]);
  await track.setDeviceId({ exact: id }).catch(() => giveUp(track, "busy"));
}

/** Try again what did not open. */
export function openMissing(kinds: Input[] = INPUTS): Promise<void> {
  return inTurn(async () => {
    isOpening.value = true;
    await Promise.all(kinds.map(open));
    isOpening.value = false;
    await look();
  });
}

/** Open what has become possible since: something was plugged in, set free or allowed. */
function mend(): Promise<void> {
  return inTurn(async () => {
    await look();
    INPUTS.forEach(soften);
    if (isOpening.value) return;
    for (const kind of INPUTS)
      if (devices.value[kind].length && CURABLE.includes(OWN[kind].trouble.value)) await open(kind);
    await look();
  });
}

let turn: Promise<void> = Promise.resolve();

/** One after the other: news come in bunches, and what is opened twice is closed only once. */
function inTurn(deed: () => Promise<void>): Promise<void> {
  turn = turn.then(deed, deed);
  return turn;
}

async function open(kind: Input): Promise<void> {
  const own = OWN[kind];
  if (own.track.value) return;
  const told = listener;
  const loss = losses.get(kind);
  losses.delete(kind);
  const isInstead = !!loss && Date.now() - loss.at < INSTEAD;
  await own.open(() => listener !== null && !(isInstead && loss.wasOn));
  const opened = own.track.peek();
  if (!opened) return;
  if (!isAttended)
    giveUp(opened); // the call was over before the browser had opened it
  else if (isInstead) told?.replaced(kind, opened.mediaStreamTrack.label);
  else told?.found(kind);
}

/** A track ends by itself when its device is unplugged; it begins anew with another one. */
function watchTrack(kind: Input): () => void {
  const kept = OWN[kind].track;
  return effect(() => {
    const track = kept.value;
    const lost = () => void lose(kind);
    const begun = () => void look();
    track?.once(TrackEvent.Ended, lost);
    track?.on(TrackEvent.Restarted, begun);
    return () => {
      track?.off(TrackEvent.Ended, lost);
      track?.off(TrackEvent.Restarted, begun);
    };
  });
}

/** What was chosen is used, and nothing else, while it is there; after that, rather another one than none. */
function soften(kind: Input): void {
  const constraints = OWN[kind].track.peek()?.constraints;
  const exact = exactOf(constraints?.deviceId);
  const isThere = devices.peek()[kind].some(({ deviceId }) => deviceId === exact);
  if (constraints && exact && !isThere) constraints.deviceId = exact;
}

function watchTrouble(kind: Input): () => void {
  const { trouble } = OWN[kind];
  let before = trouble.peek();
  return effect(() => {
    const now = trouble.value;
    if (now && !before && !losses.has(kind)) untracked(() => listener?.failed(kind, now));
    before = now;
  });
}

async function lose(kind: Input): Promise<void> {
  const track = OWN[kind].track.peek();
  if (track) {
    losses.set(kind, { at: Date.now(), wasOn: OWN[kind].isOn.peek() });
    giveUp(track);
    track.isMuted = true; // else LiveKit's client opens another device for it, which nobody would close
  }
  await mend();
  if (!OWN[kind].track.peek()) listener?.gone(kind);
}

/** Some browsers tell when a person has allowed what was denied. */
async function whenAllowed(kind: Input, over: AbortSignal): Promise<void> {
  try {
    const permission = await navigator.permissions.query({ name: kind as PermissionName });
    const reopen = () => {
      if (permission.state === "granted" && !isOpening.value) void openMissing([kind]);
    };
    permission.addEventListener("change", reopen, { signal: over });
  } catch {
    // This one does not; "Try again" is there.
  }
}
