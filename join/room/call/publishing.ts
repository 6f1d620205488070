/** Publishes every open track: camera, microphone, screen. What LiveKit's client has of them is looked at again and again. */

import { effect, signal, untracked } from "@preact/signals";
import { ConnectionState, type LocalTrack, type Room, RoomEvent, TrackEvent } from "livekit-client";
import { camera, microphone } from "../devices";
import { screen, stopSharing } from "./screen-share";

/** Milliseconds after which a failed publish is retried. */
const RETRY_DELAY = 3_000;
/** LiveKit's client unpublishes what it cannot publish again when it reconnects, and says nothing. */
const CHECK_EVERY = 1_000;

/** Publish open tracks, now and later, until the returned function is called. */
export function publishOpenTracks(room: Room): () => void {
  /** Being published, or to be published later. */
  const pending = new Set<LocalTrack>();
  const checks = signal(0);
  const check = () => {
    checks.value += 1;
  };
  const stop = effect(() => {
    void checks.value;
    const open: LocalTrack[] = [camera.value, microphone.value, ...screen.value].filter(
      (track) => track !== null,
    );
    if (room.state !== ConnectionState.Connected) return;
    const published = publishedTracks(room);
    for (const track of published) if (!open.includes(track)) unpublish(room, track);
    for (const track of open)
      if (!published.includes(track) && !pending.has(track))
        untracked(() => publish(room, track, pending, check));
  });
  const timer = setInterval(check, CHECK_EVERY);
  room.on(RoomEvent.Reconnected, check);
  return () => {
    room.off(RoomEvent.Reconnected, check);
    clearInterval(timer);
    stop();
  };
}

function publishedTracks(room: Room): LocalTrack[] {
  return [...room.localParticipant.trackPublications.values()].flatMap(({ track }) => track ?? []);
}

function publish(room: Room, track: LocalTrack, pending: Set<LocalTrack>, check: () => void): void {
  pending.add(track);
  const settle = () => {
    pending.delete(track);
    check();
  };
  if (hasEnded(track)) {
    drop(track);
    return;
  }
  const wasMuted = track.isMuted;
  room.localParticipant.publishTrack(track).then(
    () => {
      emitMuteChange(track, wasMuted);
      settle();
    },
    () => {
      if (hasEnded(track)) drop(track);
      setTimeout(settle, RETRY_DELAY);
    },
  );
}

/** LiveKit's client loses a mute or unmute that happens while the track is being published. */
function emitMuteChange(track: LocalTrack, wasMuted: boolean): void {
  if (track.isMuted === wasMuted) return;
  track.emit(track.isMuted ? TrackEvent.Muted : TrackEvent.Unmuted, track);
}

function unpublish(room: Room, track: LocalTrack): void {
  room.localParticipant.unpublishTrack(track, false).catch(() => {
    // Not connected: the next connection publishes what is open then.
  });
}

/** A muted camera is released, and has ended too. */
function hasEnded(track: LocalTrack): boolean {
  return !track.isMuted && track.mediaStreamTrack.readyState === "ended";
}

/** As if its device had been unplugged: it is replaced, or given up; the call goes on. */
function drop(track: LocalTrack): void {
  if (screen.value.includes(track)) stopSharing();
  else track.emit(TrackEvent.Ended, track);
}
