/** What tests of the call share. */

import { ConnectionQuality } from "livekit-client";
import type { Person } from "./people";

/** Somebody else who listens, unless `facts` say otherwise. */
export function person(identity: string, facts: Partial<Person> = {}): Person {
  return {
    identity,
    name: identity,
    isLocal: false,
    isHost: false,
    isMuted: false,
    isSpeaking: false,
    loudness: 0,
    quality: ConnectionQuality.Good,
    video: null,
    sounds: [],
    joinedAt: 0,
    lastSpokeAt: 0,
    ...facts,
  };
}

type Heed = (...facts: unknown[]) => void;

/** Tells who listens, as LiveKit's rooms and tracks do. */
export class Emitter {
  private heeds: { event: string; heed: Heed }[] = [];

  on(event: string, heed: Heed): void {
    this.heeds.push({ event, heed });
  }

  once(event: string, heed: Heed): void {
    const first: Heed = (...facts) => {
      this.off(event, first);
      heed(...facts);
    };
    this.on(event, first);
  }

  off(event: string, heed: Heed): void {
    this.heeds = this.heeds.filter((one) => one.event !== event || one.heed !== heed);
  }

  emit(event: string, ...facts: unknown[]): void {
    for (const one of this.heeds) if (one.event === event) one.heed(...facts);
  }
}
