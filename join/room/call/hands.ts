/**
 * Raised hands. Their state is in the pages only: a page broadcasts its own changes, and one that joins or
 * reconnects requests the others' state.
 */

import { computed, effect, signal, untracked } from "@preact/signals";
import { type Participant, type RemoteParticipant, type Room, RoomEvent } from "livekit-client";
import { areOthersKnown, people, room } from "./connection";
import { dataChannelReady } from "./data-channel";
import { decode, encode, type HandMessage } from "./hand-messages";
import { Presence } from "./presence";

const TOPIC = "hand";
/** After a longer absence a hand is lowered. */
const DELAYS = { grace: 4_000, batch: 0 };

/** When each remote hand went up, by this page's clock. */
const others = signal<ReadonlyMap<string, number>>(new Map());
const own = signal<number | null>(null);
/** How often a host has lowered this person's hand. */
export const loweredByHost = signal(0);

export const isRaised = computed(() => own.value !== null);

/** Identities of present people with a raised hand, oldest first. */
export const hands = computed<string[]>(() => {
  const raisedAt = (identity: string, isLocal: boolean) =>
    isLocal ? own.value : (others.value.get(identity) ?? null);
  return people.value
    .map(({ identity, isLocal }) => ({ identity, at: raisedAt(identity, isLocal) }))
    .filter((hand): hand is { identity: string; at: number } => hand.at !== null)
    .sort((one, other) => one.at - other.at)
    .map(({ identity }) => identity);
});

/** Send and receive, over all connections, until the returned function is called, which lowers all hands. */
export function watchHands(): () => void {
  const stops = [
    effect(() => {
      const now = room.value;
      return now ? untracked(() => listen(now)) : undefined;
    }),
    lowerHandsOfAbsent(),
  ];
  return () => {
    for (const stop of stops) stop();
    own.value = null;
    others.value = new Map();
  };
}

export function toggleHand(): void {
  own.value = own.peek() === null ? performance.now() : null;
  publish(state());
}

/** For hosts: the receiving page ignores it from anybody else. */
export function lowerHandOf(identity: string): void {
  publish({ lower: true }, identity);
}

/** Exchange states with everybody, again after each reconnect. */
function listen(to: Room): () => void {
  const broadcast = () => publish({ ...state(), ask: true });
  // The newcomer's broadcast is dropped by pages that did not know the participant yet.
  const exchange = ({ identity }: Participant) => publish({ ...state(), ask: true }, identity);
  const receive = (payload: Uint8Array, from?: RemoteParticipant, _?: unknown, topic?: string) => {
    if (topic === TOPIC && from) handle(decode(payload), from);
  };
  const onReconnected = () => void dataChannelReady(to).then(broadcast);
  to.on(RoomEvent.Reconnected, onReconnected);
  to.on(RoomEvent.ParticipantActive, exchange);
  to.on(RoomEvent.DataReceived, receive);
  broadcast();
  return () => {
    to.off(RoomEvent.Reconnected, onReconnected);
    to.off(RoomEvent.ParticipantActive, exchange);
    to.off(RoomEvent.DataReceived, receive);
  };
}

function handle(message: HandMessage, { identity, attributes }: RemoteParticipant): void {
  if (message.raised !== undefined) setHand(identity, message.raised, message.since ?? 0);
  if (message.ask && isRaised.peek()) publish(state(), identity);
  if (message.lower && attributes.role === "host" && isRaised.peek()) {
    toggleHand();
    loweredByHost.value += 1;
  }
}

function setHand(identity: string, isUp: boolean, since: number): void {
  const changed = new Map(others.peek());
  if (!isUp) changed.delete(identity);
  // A repeated message keeps the hand's place: network delays differ.
  else if (!changed.has(identity)) changed.set(identity, performance.now() - since);
  others.value = changed;
}

function state(): HandMessage {
  const at = own.peek();
  return at === null
    ? { raised: false }
    : { raised: true, since: Math.max(0, performance.now() - at) };
}

/** To everybody, or to one. A failed message is superseded by the exchange after the reconnect. */
function publish(message: HandMessage, to?: string): void {
  const destinationIdentities = to === undefined ? undefined : [to];
  room
    .peek()
    ?.localParticipant.publishData(encode(message), {
      reliable: true,
      topic: TOPIC,
      destinationIdentities,
    })
    .catch(() => {});
}

/** With a grace period, because participants disappear for a moment when they reconnect. */
function lowerHandsOfAbsent(): () => void {
  const present = () => new Map(people.value.map(({ identity }) => [identity, identity]));
  const lower = (identities: string[]) => {
    for (const identity of identities) setHand(identity, false, 0);
  };
  const presence = new Presence(untracked(present), DELAYS, { onJoined: () => {}, onLeft: lower });
  const stop = effect(() => {
    const now = present();
    if (areOthersKnown.value) presence.update(now);
  });
  return () => {
    stop();
    presence.stop();
  };
}
