/** Test doubles of the call. */

import { ConnectionQuality } from "livekit-client";
import type { Person } from "./people";

/** A remote, silent participant by default. */
export function person(identity: string, overrides: Partial<Person> = {}): Person {
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
    ...overrides,
  };
}

type Handler = (...args: unknown[]) => void;

/** An event emitter like LiveKit's rooms and tracks. */
export class Emitter {
  private handlers: { event: string; handler: Handler }[] = [];

  on(event: string, handler: Handler): void {
    this.handlers.push({ event, handler });
  }

  once(event: string, handler: Handler): void {
    const first: Handler = (...args) => {
      this.off(event, first);
      handler(...args);
    };
    this.on(event, first);
  }

  off(event: string, handler: Handler): void {
    this.handlers = this.handlers.filter((one) => one.event !== event || one.handler !== handler);
  }

  emit(event: string, ...args: unknown[]): void {
    for (const one of this.handlers) if (one.event === event) one.handler(...args);
  }
}
