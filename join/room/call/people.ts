/** Who is in the room, as the page shows them. */

import {
  ConnectionQuality,
  type Participant,
  ParticipantKind,
  type Room,
  Track,
  type TrackPublication,
} from "livekit-client";
import type { IconName } from "../icons";
import { type Key, say } from "../words";

export interface Person {
  /** Stays the same when they reconnect; the sid does not. */
  identity: string;
  name: string;
  isLocal: boolean;
  /** Of a secured meeting. */
  isHost: boolean;
  isMuted: boolean;
  isSpeaking: boolean;
  /** 0 to 1. */
  loudness: number;
  quality: ConnectionQuality;
  /** Their camera; null while it is off. */
  video: Track | null;
  /** What is to be heard of them: microphone, and the sound of a shared screen. Nothing of oneself. */
  sounds: Track[];
  /** Milliseconds since 1970; 0 when LiveKit has not told. */
  joinedAt: number;
  lastSpokeAt: number;
}

/** A screen that somebody shows. */
export interface Share {
  identity: string;
  name: string;
  isLocal: boolean;
  video: Track;
}

/** Oneself first, then the others as they came. Machines are not people. */
export function peopleIn(room: Room): Person[] {
  const others = [...room.remoteParticipants.values()].filter(isPerson).map(personOf);
  return [personOf(room.localParticipant), ...others.sort(byComing)];
}

/** What somebody is called on the page. */
export function calledOn({ name, isLocal }: Pick<Person, "name" | "isLocal">): string {
  return isLocal ? say("you", { name }) : name;
}

export function sharesIn(room: Room): Share[] {
  const all = [room.localParticipant, ...room.remoteParticipants.values()];
  return all.flatMap((participant) => {
    const video = live(participant.getTrackPublication(Track.Source.ScreenShare));
    const { identity, isLocal } = participant;
    return video ? [{ identity, name: nameOf(participant), isLocal, video }] : [];
  });
}

function byComing(one: Person, other: Person): number {
  return one.joinedAt - other.joinedAt || (one.identity < other.identity ? -1 : 1);
}

function isPerson({ kind }: Participant): boolean {
  return kind === ParticipantKind.STANDARD || kind === ParticipantKind.SIP;
}

function nameOf(participant: Participant): string {
  return participant.name || say("guest");
}

function personOf(participant: Participant): Person {
  const sound = participant.getTrackPublication(Track.Source.Microphone);
  return {
    identity: participant.identity,
    name: nameOf(participant),
    isLocal: participant.isLocal,
    isHost: participant.attributes.role === "host",
    isMuted: !sound || sound.isMuted,
    isSpeaking: participant.isSpeaking,
    loudness: participant.audioLevel,
    quality: participant.connectionQuality,
    video: live(participant.getTrackPublication(Track.Source.Camera)),
    sounds: participant.isLocal ? [] : soundsOf(participant),
    joinedAt: participant.joinedAt?.getTime() ?? 0,
    lastSpokeAt: participant.lastSpokeAt?.getTime() ?? 0,
  };
}

function soundsOf(participant: Participant): Track[] {
  const sources = [Track.Source.Microphone, Track.Source.ScreenShareAudio];
  return sources
    .map((source) => live(participant.getTrackPublication(source)))
    .filter((track) => track !== null);
}

function live(publication: TrackPublication | undefined): Track | null {
  return publication && !publication.isMuted ? (publication.track ?? null) : null;
}

/** How to say and show that a connection is bad; null while it is not. */
export function weaknessOf(quality: ConnectionQuality): { name: Key; icon: IconName } | null {
  switch (quality) {
    case ConnectionQuality.Poor:
      return { name: "connectionWeak", icon: "triangle-alert" };
    case ConnectionQuality.Lost:
      return { name: "connectionGone", icon: "wifi-off" };
    default:
      return null;
  }
}
