import { type Room, RoomEvent } from "livekit-client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { link, people, room } from "./connection";
import { decode, encode, type HandMessage } from "./hand-messages";
import { hands, isRaised, loweredByHost, lowerHandOf, toggleHand, watchHands } from "./hands";
import type { Person } from "./people";

// biome-ignore lint/suspicious/noExplicitAny: as LiveKit's own emitter has it
type Listener = (...args: any[]) => void;

/** A fake of LiveKit's room. */
class FakeRoom {
  listeners = new Map<string, Set<Listener>>();
  sent: { message: HandMessage; to?: string[] }[] = [];
  isBroken = false;
  localParticipant = {
    publishData: async (data: Uint8Array, options: { destinationIdentities?: string[] }) => {
      if (this.isBroken) throw new Error("no data channel");
      this.sent.push({ message: decode(data), to: options.destinationIdentities });
    },
  };

  on(event: string, listener: Listener): void {
    this.listeners.set(event, (this.listeners.get(event) ?? new Set()).add(listener));
  }

  off(event: string, listener: Listener): void {
    this.listeners.get(event)?.delete(listener);
  }

  emit(event: string, ...args: unknown[]): void {
    for (const listener of this.listeners.get(event) ?? []) listener(...args);
  }

  /** A message from another page. */
  receive(
    identity: string,
    message: HandMessage | Uint8Array,
    topic = "hand",
    role = "attendee",
  ): void {
    const payload = message instanceof Uint8Array ? message : encode(message);
    this.emit(RoomEvent.DataReceived, payload, { identity, attributes: { role } }, 0, topic);
  }
}

function enter(): FakeRoom {
  const entered = new FakeRoom();
  room.value = entered as unknown as Room;
  return entered;
}

const present = (...identities: string[]) => {
  people.value = identities.map(
    (identity) => ({ identity, name: identity, isLocal: identity === "me" }) as Person,
  );
};

let here: FakeRoom;
let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  link.value = "steady";
  loweredByHost.value = 0;
  here = enter();
  present("me", "anna", "ben");
  stop = watchHands();
  here.sent.length = 0;
});

afterEach(() => {
  stop();
  room.value = null;
  vi.useRealTimers();
});

describe("the own hand", () => {
  it("goes up, and everybody is sent the state", () => {
    toggleHand();
    expect(isRaised.value).toBe(true);
    expect(hands.value).toEqual(["me"]);
    expect(here.sent).toMatchObject([{ message: { raised: true, since: 0 }, to: undefined }]);
  });

  it("goes down again, and everybody is sent the state", () => {
    toggleHand();
    toggleHand();
    expect(isRaised.value).toBe(false);
    expect(hands.value).toEqual([]);
    expect(here.sent[1]?.message.raised).toBe(false);
  });

  it("is sent to a participant who joins", () => {
    toggleHand();
    vi.advanceTimersByTime(5_000);
    here.emit(RoomEvent.ParticipantActive, { identity: "cem" });
    expect(here.sent[1]).toMatchObject({ message: { raised: true, since: 5_000 }, to: ["cem"] });
  });

  it("of a participant who joins is requested", () => {
    here.emit(RoomEvent.ParticipantActive, { identity: "cem" });
    expect(here.sent).toMatchObject([{ message: { raised: false, ask: true }, to: ["cem"] }]);
  });

  it("is sent on request", () => {
    toggleHand();
    here.receive("anna", { ask: true });
    expect(here.sent[1]).toMatchObject({ message: { raised: true }, to: ["anna"] });
  });

  it("that is down is not sent on request", () => {
    here.receive("anna", { ask: true });
    expect(here.sent).toEqual([]);
  });

  it("remains up over a new connection, and is sent to everybody in it", () => {
    toggleHand();
    link.value = "rejoining";
    room.value = null;
    vi.advanceTimersByTime(60_000);
    const again = enter();
    expect(isRaised.value).toBe(true);
    expect(again.sent).toMatchObject([{ message: { raised: true, since: 60_000, ask: true } }]);
  });

  it("can be raised while disconnected, and is sent by the next connection", () => {
    room.value = null;
    toggleHand();
    expect(isRaised.value).toBe(true);
    expect(enter().sent[0]?.message.raised).toBe(true);
  });

  it("is up although sending failed", async () => {
    here.isBroken = true;
    toggleHand();
    await vi.runAllTimersAsync();
    expect(isRaised.value).toBe(true);
  });

  it("is down after the call", () => {
    toggleHand();
    stop();
    expect(isRaised.value).toBe(false);
    expect(hands.value).toEqual([]);
  });
});

describe("a host", () => {
  it("lowers it", () => {
    toggleHand();
    here.receive("anna", { lower: true }, "hand", "host");
    expect(isRaised.value).toBe(false);
    expect(loweredByHost.value).toBe(1);
    expect(here.sent[1]?.message.raised).toBe(false);
  });

  it("does not raise it", () => {
    here.receive("anna", { lower: true }, "hand", "host");
    expect(isRaised.value).toBe(false);
    expect(loweredByHost.value).toBe(0);
    expect(here.sent).toEqual([]);
  });

  it("sends its request to that page only", () => {
    lowerHandOf("ben");
    expect(here.sent).toMatchObject([{ message: { lower: true }, to: ["ben"] }]);
  });

  it.each(["attendee", "", "Host"])("is not somebody with the role '%s'", (role) => {
    toggleHand();
    here.receive("anna", { lower: true }, "hand", role);
    expect(isRaised.value).toBe(true);
    expect(loweredByHost.value).toBe(0);
  });
});

describe("the others' hands", () => {
  it("are ordered by the time of raising", () => {
    here.receive("ben", { raised: true, since: 0 });
    vi.advanceTimersByTime(1_000);
    toggleHand();
    vi.advanceTimersByTime(1_000);
    here.receive("anna", { raised: true, since: 0 });
    expect(hands.value).toEqual(["ben", "me", "anna"]);
  });

  it("are ordered so also on a page that joins later", () => {
    here.receive("anna", { raised: true, since: 3_000 });
    here.receive("ben", { raised: true, since: 9_000 });
    expect(hands.value).toEqual(["ben", "anna"]);
  });

  it("keep their place when their state is sent again", () => {
    here.receive("anna", { raised: true });
    vi.advanceTimersByTime(1_000);
    here.receive("ben", { raised: true });
    here.receive("anna", { raised: true, since: 0 });
    expect(hands.value).toEqual(["anna", "ben"]);
  });

  it("go down", () => {
    here.receive("anna", { raised: true });
    here.receive("anna", { raised: false });
    expect(hands.value).toEqual([]);
  });

  it("lose their place when they go down and up", () => {
    here.receive("anna", { raised: true });
    vi.advanceTimersByTime(1_000);
    here.receive("ben", { raised: true });
    vi.advanceTimersByTime(1_000);
    here.receive("anna", { raised: false });
    here.receive("anna", { raised: true });
    expect(hands.value).toEqual(["ben", "anna"]);
  });

  it("are requested on joining", () => {
    expect(enter().sent).toMatchObject([{ message: { ask: true, raised: false }, to: undefined }]);
  });

  it("are requested after a reconnect", async () => {
    here.emit(RoomEvent.Reconnected);
    await Promise.resolve();
    expect(here.sent).toMatchObject([{ message: { ask: true }, to: undefined }]);
  });

  it("are only those of participants", () => {
    here.receive("stranger", { raised: true });
    expect(hands.value).toEqual([]);
  });

  it("do not change by a request", () => {
    here.receive("anna", { raised: true });
    here.receive("anna", { ask: true });
    expect(hands.value).toEqual(["anna"]);
  });

  it.each([
    ["nonsense", new TextEncoder().encode("nonsense"), "hand"],
    ["nothing", new Uint8Array(), "hand"],
    ["another topic's", encode({ raised: true }), "chat"],
    ["no topic's", encode({ raised: true }), ""],
  ])("do not change by %s message", (_, payload, topic) => {
    here.receive("ben", { raised: true });
    here.receive("anna", payload, topic);
    here.receive("ben", payload, topic);
    expect(hands.value).toEqual(["ben"]);
  });

  it("do not change by a message without sender", () => {
    here.emit(RoomEvent.DataReceived, encode({ raised: true, lower: true }), undefined, 0, "hand");
    expect(hands.value).toEqual([]);
  });
});

describe("a participant who leaves", () => {
  beforeEach(() => here.receive("anna", { raised: true }));

  it("has no raised hand any more, also after joining again", () => {
    present("me", "ben");
    expect(hands.value).toEqual([]);
    vi.advanceTimersByTime(10_000);
    present("me", "ben", "anna");
    expect(hands.value).toEqual([]);
  });

  it("for a moment, to reconnect, keeps it", () => {
    present("me", "ben");
    vi.advanceTimersByTime(1_000);
    present("me", "ben", "anna");
    vi.advanceTimersByTime(10_000);
    expect(hands.value).toEqual(["anna"]);
  });

  it("only because of the own reconnect keeps it", () => {
    link.value = "full";
    present("me");
    vi.advanceTimersByTime(30_000);
    present("me", "anna", "ben");
    link.value = "steady";
    vi.advanceTimersByTime(10_000);
    expect(hands.value).toEqual(["anna"]);
  });

  it("while this page was rejoining has none", () => {
    link.value = "rejoining";
    room.value = null;
    vi.advanceTimersByTime(30_000);
    present("me", "ben");
    link.value = "steady";
    enter();
    vi.advanceTimersByTime(10_000);
    present("me", "ben", "anna");
    expect(hands.value).toEqual([]);
  });
});

describe("listeners", () => {
  it("are removed in the end", () => {
    stop();
    expect([...here.listeners.values()].every((all) => all.size === 0)).toBe(true);
  });

  it("of an old connection are removed", () => {
    enter();
    expect([...here.listeners.values()].every((all) => all.size === 0)).toBe(true);
  });
});
