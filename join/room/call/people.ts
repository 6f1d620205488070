/** The room's participants, as the page shows them. */

import {
  ConnectionQuality,
  type Participant,
  ParticipantKind,
  type Room,
  Track,
  type TrackPublication,
} from "livekit-client";
import type { IconName } from "../icons";
import { type Key, t } from "../words";
import { visibleName } from "./visible-text";

export interface Person {
  /** The same after a reconnect; the sid is not. */
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
  /** Camera; null while it is off. */
  video: Track | null;
  /** Remote microphone and screen-share audio; empty for the local participant. */
  sounds: Track[];
  /** Milliseconds since 1970; 0 when unknown. */
  joinedAt: number;
  lastSpokeAt: number;
}

/** A shared screen. */
export interface Share {
  identity: string;
  name: string;
  isLocal: boolean;
  video: Track;
}

/** The local participant first, then the others by join time, without agents and recorders. */
export function peopleIn(room: Room): Person[] {
  const others = [...room.remoteParticipants.values()].filter(isPerson).map(personOf);
  return [personOf(room.localParticipant), ...others.sort(byJoinTime)];
}

export function displayName({ name, isLocal }: Pick<Person, "name" | "isLocal">): string {
  return isLocal ? t("you", { name }) : name;
}

export function sharesIn(room: Room): Share[] {
  const all = [room.localParticipant, ...room.remoteParticipants.values()];
  return all.flatMap((participant) => {
    const video = live(participant.getTrackPublication(Track.Source.ScreenShare));
    const { identity, isLocal } = participant;
    return video ? [{ identity, name: nameOf(participant), isLocal, video }] : [];
  });
}

function byJoinTime(one: Person, other: Person): number {
  return one.joinedAt - other.joinedAt || (one.identity < other.identity ? -1 : 1);
}

function isPerson({ kind }: Participant): boolean {
  return kind === ParticipantKind.STANDARD || kind === ParticipantKind.SIP;
}

function nameOf(participant: Participant): string {
  return visibleName(participant.name ?? "") || t("guest");
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

/** Label and icon of a bad connection; null for a good one. */
export function qualityWarning(quality: ConnectionQuality): { name: Key; icon: IconName } | null {
  switch (quality) {
    case ConnectionQuality.Poor:
      return { name: "connectionWeak", icon: "triangle-alert" };
    case ConnectionQuality.Lost:
      return { name: "connectionGone", icon: "wifi-off" };
    default:
      return null;
  }
}
