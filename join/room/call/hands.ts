/**
 * Raised hands. Nobody keeps them but the pages: whose hand goes up or down tells everybody, and who comes in,
 * or back, asks who has one up.
 */

import { computed, effect, signal, untracked } from "@preact/signals";
import { type Participant, type RemoteParticipant, type Room, RoomEvent } from "livekit-client";
import { areOthersKnown, people, room } from "./connection";
import { dataFlows } from "./data-channel";
import { decoded, encoded, type HandNews } from "./hand-messages";
import { Presence } from "./presence";

const TOPIC = "hand";
/** Who is away for longer has no hand up any more. */
const PAUSES = { grace: 4_000, gather: 0 };

/** When the others' hands went up, by this page's clock. */
const others = signal<ReadonlyMap<string, number>>(new Map());
const own = signal<number | null>(null);
/** When a host last lowered this person's hand, in milliseconds since 1970; 0: never. */
export const loweredByHost = signal(0);

export const isRaised = computed(() => own.value !== null);

/** Identities of those who are there with a hand up, whoever raised it first first. */
export const hands = computed<string[]>(() => {
  const raisedAt = (identity: string, isLocal: boolean) =>
    isLocal ? own.value : (others.value.get(identity) ?? null);
  return people.value
    .map(({ identity, isLocal }) => ({ identity, at: raisedAt(identity, isLocal) }))
    .filter((hand): hand is { identity: string; at: number } => hand.at !== null)
    .sort((one, other) => one.at - other.at)
    .map(({ identity }) => identity);
});

/** Hear of hands, over all connections, until the returned function is called: then they are all down. */
export function watchHands(): () => void {
  const stops = [
    effect(() => {
      const now = room.value;
      return now ? untracked(() => listen(now)) : undefined;
    }),
    forgetWhoLeft(),
  ];
  return () => {
    for (const stop of stops) stop();
    own.value = null;
    others.value = new Map();
  };
}

export function toggleHand(): void {
  own.value = own.peek() === null ? Date.now() : null;
  publish(state());
}

/** For hosts: the page of whoever it is heeds nobody else. */
export function lowerHandOf(identity: string): void {
  publish({ lower: true }, identity);
}

/** Ask everybody, and tell them the own hand: both change when a connection is made anew. */
function listen(to: Room): () => void {
  const greet = () => publish({ ...state(), ask: true });
  // What they told everybody as they came was too early for pages that did not know them yet.
  const welcome = ({ identity }: Participant) => publish({ ...state(), ask: true }, identity);
  const hear = (payload: Uint8Array, from?: RemoteParticipant, _?: unknown, topic?: string) => {
    if (topic === TOPIC && from) heed(decoded(payload), from);
  };
  const greetAgain = () => void dataFlows(to).then(greet);
  to.on(RoomEvent.Reconnected, greetAgain);
  to.on(RoomEvent.ParticipantActive, welcome);
  to.on(RoomEvent.DataReceived, hear);
  greet();
  return () => {
    to.off(RoomEvent.Reconnected, greetAgain);
    to.off(RoomEvent.ParticipantActive, welcome);
    to.off(RoomEvent.DataReceived, hear);
  };
}

function heed(news: HandNews, { identity, attributes }: RemoteParticipant): void {
  if (news.raised !== undefined) note(identity, news.raised, news.since ?? 0);
  if (news.ask && isRaised.peek()) publish(state(), identity);
  if (news.lower && attributes.role === "host" && isRaised.peek()) {
    toggleHand();
    loweredByHost.value = Date.now();
  }
}

function note(identity: string, isUp: boolean, since: number): void {
  const changed = new Map(others.peek());
  if (!isUp) changed.delete(identity);
  // Told again, a hand keeps its place: how long the news was under way differs.
  else if (!changed.has(identity)) changed.set(identity, Date.now() - since);
  others.value = changed;
}

function state(): HandNews {
  const at = own.peek();
  return at === null ? { raised: false } : { raised: true, since: Math.max(0, Date.now() - at) };
}

/** To everybody, or to one. What cannot be told now is told when the connection is back. */
function publish(news: HandNews, to?: string): void {
  const destinationIdentities = to === undefined ? undefined : [to];
  room
    .peek()
    ?.localParticipant.publishData(encoded(news), {
      reliable: true,
      topic: TOPIC,
      destinationIdentities,
    })
    .catch(() => {});
}

/** A connection that is made anew shows nobody for a moment. */
function forgetWhoLeft(): () => void {
  const there = () => new Map(people.value.map(({ identity }) => [identity, identity]));
  const lower = (identities: string[]) => {
    for (const identity of identities) note(identity, false, 0);
  };
  const presence = new Presence(untracked(there), PAUSES, { came: () => {}, went: lower });
  const stop = effect(() => {
    const now = there();
    if (areOthersKnown.value) presence.see(now);
  });
  return () => {
    stop();
    presence.stop();
  };
}
