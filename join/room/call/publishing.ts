/** What a room is sent is what is open: camera, microphone, screen. */

import { effect, signal } from "@preact/signals";
import { ConnectionState, type LocalTrack, type Room, RoomEvent, TrackEvent } from "livekit-client";
import { camera, giveUp, microphone } from "../devices";
import { screen, stopSharing } from "./screen-share";

/** Milliseconds after which what could not be sent is tried again. */
const PAUSE = 3_000;

/** Send what is open, now and from now on, until the returned function is called. */
export function keepSending(room: Room): () => void {
  const sent = new Set<LocalTrack>();
  const tries = signal(0);
  const again = () => {
    tries.value += 1;
  };
  const stop = effect(() => {
    void tries.value;
    const open: LocalTrack[] = [camera.value, microphone.value, ...screen.value].filter(
      (track) => track !== null,
    );
    for (const track of open) if (!sent.has(track)) send(room, track, sent, again);
    for (const track of sent) if (!open.includes(track)) take(room, track, sent);
  });
  room.on(RoomEvent.Reconnected, again);
  return () => {
    room.off(RoomEvent.Reconnected, again);
    stop();
  };
}

function send(room: Room, track: LocalTrack, sent: Set<LocalTrack>, again: () => void): void {
  sent.add(track);
  const wasMuted = track.isMuted;
  room.localParticipant.publishTrack(track).then(
    () => tellMuting(track, wasMuted),
    () => {
      sent.delete(track);
      if (track.mediaStreamTrack.readyState === "ended") dismiss(track);
      else if (room.state === ConnectionState.Connected) setTimeout(again, PAUSE);
    },
  );
}

/** What was muted or unmuted while the server was being asked, LiveKit's client has told nobody. */
function tellMuting(track: LocalTrack, wasMuted: boolean): void {
  if (track.isMuted === wasMuted) return;
  track.emit(track.isMuted ? TrackEvent.Muted : TrackEvent.Unmuted, track);
}

function take(room: Room, track: LocalTrack, sent: Set<LocalTrack>): void {
  sent.delete(track);
  room.localParticipant.unpublishTrack(track, false).catch(() => {
    // Not connected at the moment: a new connection begins with what is open then.
  });
}

/** What was unplugged before it could be sent is given up; the call goes on. */
function dismiss(track: LocalTrack): void {
  if (screen.value.includes(track)) stopSharing();
  else giveUp(track as Parameters<typeof giveUp>[0]);
}
