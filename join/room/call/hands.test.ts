import { type Room, RoomEvent } from "livekit-client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { link, people, room } from "./connection";
import { decoded, encoded, type HandNews } from "./hand-messages";
import { hands, isRaised, loweredByHost, lowerHandOf, toggleHand, watchHands } from "./hands";
import type { Person } from "./people";

// biome-ignore lint/suspicious/noExplicitAny: as LiveKit's own emitter has it
type Listener = (...facts: any[]) => void;

/** LiveKit's room, as far as hands know it. */
class FakeRoom {
  listeners = new Map<string, Set<Listener>>();
  sent: { news: HandNews; to?: string[] }[] = [];
  isBroken = false;
  localParticipant = {
    publishData: async (data: Uint8Array, options: { destinationIdentities?: string[] }) => {
      if (this.isBroken) throw new Error("no data channel");
      this.sent.push({ news: decoded(data), to: options.destinationIdentities });
    },
  };

  on(event: string, listener: Listener): void {
    this.listeners.set(event, (this.listeners.get(event) ?? new Set()).add(listener));
  }

  off(event: string, listener: Listener): void {
    this.listeners.get(event)?.delete(listener);
  }

  emit(event: string, ...facts: unknown[]): void {
    for (const listener of this.listeners.get(event) ?? []) listener(...facts);
  }

  /** Somebody's page tells something. */
  hear(identity: string, news: HandNews | Uint8Array, topic = "hand", role = "attendee"): void {
    const payload = news instanceof Uint8Array ? news : encoded(news);
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
  it("goes up, and everybody is told", () => {
    toggleHand();
    expect(isRaised.value).toBe(true);
    expect(hands.value).toEqual(["me"]);
    expect(here.sent).toMatchObject([{ news: { raised: true, since: 0 }, to: undefined }]);
  });

  it("goes down again, and everybody is told", () => {
    toggleHand();
    toggleHand();
    expect(isRaised.value).toBe(false);
    expect(hands.value).toEqual([]);
    expect(here.sent[1]?.news.raised).toBe(false);
  });

  it("is told to who comes in", () => {
    toggleHand();
    vi.advanceTimersByTime(5_000);
    here.emit(RoomEvent.ParticipantActive, { identity: "cem" });
    expect(here.sent[1]).toMatchObject({ news: { raised: true, since: 5_000 }, to: ["cem"] });
  });

  it("of who comes in is asked for", () => {
    here.emit(RoomEvent.ParticipantActive, { identity: "cem" });
    expect(here.sent).toMatchObject([{ news: { raised: false, ask: true }, to: ["cem"] }]);
  });

  it("is told to who asks", () => {
    toggleHand();
    here.hear("anna", { ask: true });
    expect(here.sent[1]).toMatchObject({ news: { raised: true }, to: ["anna"] });
  });

  it("that is down is not told to who asks", () => {
    here.hear("anna", { ask: true });
    expect(here.sent).toEqual([]);
  });

  it("stays up over a new connection, and is told to everybody in it", () => {
    toggleHand();
    link.value = "door";
    room.value = null;
    vi.advanceTimersByTime(60_000);
    const again = enter();
    expect(isRaised.value).toBe(true);
    expect(again.sent).toMatchObject([{ news: { raised: true, since: 60_000, ask: true } }]);
  });

  it("can be raised while there is no connection, and is told with the next", () => {
    room.value = null;
    toggleHand();
    expect(isRaised.value).toBe(true);
    expect(enter().sent[0]?.news.raised).toBe(true);
  });

  it("that cannot be told is up all the same", async () => {
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
    here.hear("anna", { lower: true }, "hand", "host");
    expect(isRaised.value).toBe(false);
    expect(loweredByHost.value).toBe(Date.now());
    expect(here.sent[1]?.news.raised).toBe(false);
  });

  it("does not raise it", () => {
    here.hear("anna", { lower: true }, "hand", "host");
    expect(isRaised.value).toBe(false);
    expect(loweredByHost.value).toBe(0);
    expect(here.sent).toEqual([]);
  });

  it("asks the other's page alone", () => {
    lowerHandOf("ben");
    expect(here.sent).toMatchObject([{ news: { lower: true }, to: ["ben"] }]);
  });

  it.each(["attendee", "", "Host"])("is not who has the role '%s'", (role) => {
    toggleHand();
    here.hear("anna", { lower: true }, "hand", role);
    expect(isRaised.value).toBe(true);
    expect(loweredByHost.value).toBe(0);
  });
});

describe("the others' hands", () => {
  it("stand in the order of raising", () => {
    here.hear("ben", { raised: true, since: 0 });
    vi.advanceTimersByTime(1_000);
    toggleHand();
    vi.advanceTimersByTime(1_000);
    here.hear("anna", { raised: true, since: 0 });
    expect(hands.value).toEqual(["ben", "me", "anna"]);
  });

  it("stand in that order also for who comes later", () => {
    here.hear("anna", { raised: true, since: 3_000 });
    here.hear("ben", { raised: true, since: 9_000 });
    expect(hands.value).toEqual(["ben", "anna"]);
  });

  it("keep their place when they are told again", () => {
    here.hear("anna", { raised: true });
    vi.advanceTimersByTime(1_000);
    here.hear("ben", { raised: true });
    here.hear("anna", { raised: true, since: 0 });
    expect(hands.value).toEqual(["anna", "ben"]);
  });

  it("go down", () => {
    here.hear("anna", { raised: true });
    here.hear("anna", { raised: false });
    expect(hands.value).toEqual([]);
  });

  it("lose their place when they go down and up", () => {
    here.hear("anna", { raised: true });
    vi.advanceTimersByTime(1_000);
    here.hear("ben", { raised: true });
    vi.advanceTimersByTime(1_000);
    here.hear("anna", { raised: false });
    here.hear("anna", { raised: true });
    expect(hands.value).toEqual(["ben", "anna"]);
  });

  it("are asked for on entering", () => {
    expect(enter().sent).toMatchObject([{ news: { ask: true, raised: false }, to: undefined }]);
  });

  it("are asked for when the connection is back", async () => {
    here.emit(RoomEvent.Reconnected);
    await Promise.resolve();
    expect(here.sent).toMatchObject([{ news: { ask: true }, to: undefined }]);
  });

  it("are only those of who is there", () => {
    here.hear("stranger", { raised: true });
    expect(hands.value).toEqual([]);
  });

  it("stay when nothing but the asking is new", () => {
    here.hear("anna", { raised: true });
    here.hear("anna", { ask: true });
    expect(hands.value).toEqual(["anna"]);
  });

  it.each([
    ["nonsense", new TextEncoder().encode("nonsense"), "hand"],
    ["nothing", new Uint8Array(), "hand"],
    ["another topic's", encoded({ raised: true }), "chat"],
    ["no topic's", encoded({ raised: true }), ""],
  ])("do not change by %s news", (_, payload, topic) => {
    here.hear("ben", { raised: true });
    here.hear("anna", payload, topic);
    here.hear("ben", payload, topic);
    expect(hands.value).toEqual(["ben"]);
  });

  it("do not change by news of nobody", () => {
    here.emit(RoomEvent.DataReceived, encoded({ raised: true, lower: true }), undefined, 0, "hand");
    expect(hands.value).toEqual([]);
  });
});

describe("who leaves", () => {
  beforeEach(() => here.hear("anna", { raised: true }));

  it("has no hand up any more, also when they come back", () => {
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

  it("for one's own reconnecting only keeps it", () => {
    link.value = "full";
    present("me");
    vi.advanceTimersByTime(30_000);
    present("me", "anna", "ben");
    link.value = "steady";
    vi.advanceTimersByTime(10_000);
    expect(hands.value).toEqual(["anna"]);
  });

  it("while one was away oneself has none", () => {
    link.value = "door";
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

describe("what is watched no longer", () => {
  it("is not heard", () => {
    stop();
    expect([...here.listeners.values()].every((all) => all.size === 0)).toBe(true);
  });

  it("of an old connection is not heard", () => {
    enter();
    expect([...here.listeners.values()].every((all) => all.size === 0)).toBe(true);
  });
});
