/** Compares what the buttons show of camera and microphone with what leaves this page, and mends what differs. */

import { type LocalTrack, type Room, Track, TrackEvent } from "livekit-client";
import { CAMERA, type Device, isBusy, MICROPHONE, turn, unsent } from "../devices";
import { PATIENCE } from "../lobby/patience";
import type { Input } from "../lobby/saved-devices";
import { type Key, t } from "../words";
import { announce, notify } from "./announcer";
import { link, room } from "./connection";

const CHECK_EVERY = 500;
/** Milliseconds that the two may differ, while something is switched on or off or is being published. */
const TOLERANCE = 2_000;

const SOURCES = { camera: Track.Source.Camera, microphone: Track.Source.Microphone };
export const NOT_SENT: Record<Input, Key> = { camera: "notSeen", microphone: "notHeard" };
const SENT_AGAIN: Record<Input, Key> = { camera: "nowSeen", microphone: "nowHeard" };
const WAS_SENT: Record<Input, Key> = { camera: "wasSeen", microphone: "wasHeard" };

/** leaking: sent, and shown as off; unsent: the reverse. */
type Difference = "leaking" | "unsent";

/** Until the returned function is called. */
export function watchSent(): () => void {
  const checks = [CAMERA as Device, MICROPHONE as Device].map(comparison);
  const timer = setInterval(() => {
    for (const check of checks) check();
  }, CHECK_EVERY);
  return () => {
    clearInterval(timer);
    unsent.value = [];
  };
}

function comparison(device: Device): () => void {
  let since: number | null = null;
  return () => {
    const now = room.peek();
    const found = now && link.peek() === "steady" ? differenceOf(now, device) : null;
    if (!found) since = null;
    else since ??= performance.now();
    const isLate = since !== null && performance.now() - since >= tolerance(found, device);
    showUnsent(device, found === "unsent" && isLate);
    if (now && isLate) (found === "unsent" ? revive : silenceAll)(device, now);
  };
}

/** Milliseconds. Opening a camera may take longer. */
function tolerance(found: Difference | null, { track }: Device): number {
  const own = track.peek();
  return found === "unsent" && own && isBusy(own) ? PATIENCE : TOLERANCE;
}

function differenceOf(from: Room, { kind, track, isOn }: Device): Difference | null {
  const all = tracksOf(from, kind);
  if (!isOn.peek()) return all.some(isFlowing) ? "leaking" : null;
  const own = track.peek();
  return all.some((one) => one === own && !one.isMuted && isFlowing(one)) ? null : "unsent";
}

function tracksOf(from: Room, kind: Input): LocalTrack[] {
  return [...from.localParticipant.trackPublications.values()]
    .filter(({ source }) => source === SOURCES[kind])
    .flatMap(({ track }) => track ?? []);
}

/** Whether its connection takes in picture or sound. */
function isFlowing({ sender, isUpstreamPaused }: LocalTrack): boolean {
  const media = sender?.track;
  return !!media && media.enabled && media.readyState === "live" && !isUpstreamPaused;
}

function silenceAll({ kind }: Device, to: Room): void {
  for (const track of tracksOf(to, kind).filter(isFlowing)) silence(track, kind);
  notify(t(WAS_SENT[kind]));
}

/** Whatever LiveKit's client thinks of its state. */
function silence(track: LocalTrack, kind: Input): void {
  const media = track.sender?.track;
  if (media) media.enabled = false;
  if (kind === "camera") media?.stop();
  void track.mute();
}

/** A track that is not published is published by publishing.ts. */
function revive(device: Device): void {
  const track = device.track.peek();
  if (!track) return;
  const media = track.mediaStreamTrack;
  if (isBusy(track) || media.readyState === "ended") track.emit(TrackEvent.Ended, track);
  else if (track.isMuted) void turn(device, true);
  else if (!track.isUpstreamPaused) {
    media.enabled = true;
    track.sender?.replaceTrack(media).catch(() => {}); // tried again
  }
}

function showUnsent({ kind, isOn }: Device, isUnsent: boolean): void {
  const known = unsent.peek();
  if (known.includes(kind) === isUnsent) return;
  unsent.value = isUnsent ? [...known, kind] : known.filter((one) => one !== kind);
  if (isUnsent) announce(t(NOT_SENT[kind]));
  else if (isOn.peek() && link.peek() === "steady") notify(t(SENT_AGAIN[kind]));
}
