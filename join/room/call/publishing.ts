/** Publishes every open track: camera, microphone, screen. */

import { effect, signal } from "@preact/signals";
import { ConnectionState, type LocalTrack, type Room, RoomEvent, TrackEvent } from "livekit-client";
import { camera, dropTrack, microphone } from "../devices";
import { screen, stopSharing } from "./screen-share";

/** Milliseconds after which a failed publish is retried. */
const RETRY_DELAY = 3_000;

/** Publish open tracks, now and later, until the returned function is called. */
export function publishOpenTracks(room: Room): () => void {
  const published = new Set<LocalTrack>();
  const retries = signal(0);
  const retry = () => {
    retries.value += 1;
  };
  const stop = effect(() => {
    void retries.value;
    const open: LocalTrack[] = [camera.value, microphone.value, ...screen.value].filter(
      (track) => track !== null,
    );
    for (const track of open) if (!published.has(track)) publish(room, track, published, retry);
    for (const track of published) if (!open.includes(track)) unpublish(room, track, published);
  });
  room.on(RoomEvent.Reconnected, retry);
  return () => {
    room.off(RoomEvent.Reconnected, retry);
    stop();
  };
}

function publish(
  room: Room,
  track: LocalTrack,
  published: Set<LocalTrack>,
  retry: () => void,
): void {
  published.add(track);
  const wasMuted = track.isMuted;
  room.localParticipant.publishTrack(track).then(
    () => emitMuteChange(track, wasMuted),
    () => {
      published.delete(track);
      if (track.mediaStreamTrack.readyState === "ended") drop(track);
      else if (room.state === ConnectionState.Connected) setTimeout(retry, RETRY_DELAY);
    },
  );
}

/** LiveKit's client loses a mute or unmute that happens while the track is being published. */
function emitMuteChange(track: LocalTrack, wasMuted: boolean): void {
  if (track.isMuted === wasMuted) return;
  track.emit(track.isMuted ? TrackEvent.Muted : TrackEvent.Unmuted, track);
}

function unpublish(room: Room, track: LocalTrack, published: Set<LocalTrack>): void {
  published.delete(track);
  room.localParticipant.unpublishTrack(track, false).catch(() => {
    // Not connected: the next connection publishes what is open then.
  });
}

/** A device that was unplugged before its track was published; the call goes on. */
function drop(track: LocalTrack): void {
  if (screen.value.includes(track)) stopSharing();
  else dropTrack(track as Parameters<typeof dropTrack>[0]);
}
