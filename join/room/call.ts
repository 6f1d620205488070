/** The call: LiveKit's room as signals. */

import { signal } from "@preact/signals";
import {
  DisconnectReason,
  type Participant,
  Room,
  RoomEvent,
  Track,
  type TrackPublication,
} from "livekit-client";
import { camera, giveUp, microphone } from "./devices";
import { chosen } from "./door/listing";
import type { Ticket } from "./page";
import { say } from "./words";

export interface Person {
  sid: string;
  name: string;
  isLocal: boolean;
  isMuted: boolean;
  isSpeaking: boolean;
  video: Track | null;
  audio: Track | null;
}

export type Ending = "left" | "elsewhere" | "removed" | "closed" | "lost";

export const people = signal<Person[]>([]);
export const isReconnecting = signal(false);
/** False when the browser wants a click before it plays sound. */
export const isSoundAllowed = signal(true);

let room: Room | null = null;

const CHANGES = [
  RoomEvent.ParticipantConnected,
  RoomEvent.ParticipantDisconnected,
  RoomEvent.TrackSubscribed,
  RoomEvent.TrackUnsubscribed,
  RoomEvent.TrackMuted,
  RoomEvent.TrackUnmuted,
  RoomEvent.LocalTrackPublished,
  RoomEvent.LocalTrackUnpublished,
  RoomEvent.ParticipantNameChanged,
  RoomEvent.ActiveSpeakersChanged,
] as const;

/** Connect and send what the preview opened. `onEnd` is called once, and only after having been in. */
export async function enter(ticket: Ticket, onEnd: (how: Ending) => void): Promise<void> {
  const deviceId = chosen.value.speaker || undefined;
  const entered = new Room({ adaptiveStream: true, dynacast: true, audioOutput: { deviceId } });
  for (const change of CHANGES) entered.on(change, show);
  entered.on(RoomEvent.Reconnecting, () => {
    isReconnecting.value = true;
  });
  entered.on(RoomEvent.Reconnected, () => {
    isReconnecting.value = false;
    show();
  });
  entered.on(RoomEvent.AudioPlaybackStatusChanged, () => {
    isSoundAllowed.value = entered.canPlaybackAudio;
  });
  await entered.connect(ticket.url, ticket.token);
  room = entered;
  entered.on(RoomEvent.Disconnected, (reason) => {
    if (room !== entered) return;
    room = null;
    people.value = [];
    isReconnecting.value = false;
    onEnd(endingOf(reason));
  });
  show();
  await sendDevices(entered);
}

/** Send what the preview opened. What cannot be sent (unplugged since) is given up; the call goes on. */
async function sendDevices(to: Room): Promise<void> {
  const tracks = [camera.value, microphone.value].filter((track) => track !== null);
  const sent = await Promise.allSettled(
    tracks.map((track) => to.localParticipant.publishTrack(track)),
  );
  for (const [number, { status }] of sent.entries()) {
    const track = tracks[number];
    if (status === "rejected" && track) giveUp(track);
  }
}

export async function leave(): Promise<void> {
  await room?.disconnect();
}

export async function allowSound(): Promise<void> {
  await room?.startAudio();
}

/** What a disconnect means for the person it happened to. */
export function endingOf(reason: DisconnectReason | undefined): Ending {
  switch (reason) {
    case DisconnectReason.CLIENT_INITIATED:
      return "left";
    case DisconnectReason.DUPLICATE_IDENTITY:
      return "elsewhere";
    case DisconnectReason.PARTICIPANT_REMOVED:
      return "removed";
    case DisconnectReason.ROOM_DELETED:
    case DisconnectReason.ROOM_CLOSED:
      return "closed";
    default:
      return "lost";
  }
}

function show(): void {
  if (!room) return;
  const all = [room.localParticipant, ...room.remoteParticipants.values()];
  people.value = all.map(personOf);
}

function personOf(participant: Participant): Person {
  const sound = participant.getTrackPublication(Track.Source.Microphone);
  const picture = participant.getTrackPublication(Track.Source.Camera);
  return {
    sid: participant.sid,
    name: participant.name || say("guest"),
    isLocal: participant.isLocal,
    isMuted: !sound || sound.isMuted,
    isSpeaking: participant.isSpeaking,
    video: live(picture),
    audio: participant.isLocal ? null : live(sound),
  };
}

function live(publication: TrackPublication | undefined): Track | null {
  return publication && !publication.isMuted ? (publication.track ?? null) : null;
}
