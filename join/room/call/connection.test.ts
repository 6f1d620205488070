import { DisconnectReason, RoomEvent } from "livekit-client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { isMicrophoneOn } from "../devices";
import { type JoinAttempt, Refused, type Ticket } from "../page";
import { now } from "./clock";
import {
  endsAt,
  enter,
  isRecording,
  leave,
  link,
  mutedByHost,
  people,
  removed,
  room,
} from "./connection";
import { Emitter } from "./testing";

/** A fake of LiveKit's room. */
class FakeRoom extends Emitter {
  static made: FakeRoom[] = [];
  /** What each connect does, in order; those without an entry succeed. */
  static answers: (Error | undefined)[] = [];
  /** How long they all take. */
  static until: Promise<void> = Promise.resolve();
  readonly localParticipant = somebody("me", true);
  readonly remoteParticipants = new Map([["anna", somebody("anna", false)]]);
  readonly canPlaybackAudio = true;
  isRecording = false;
  isLeft = false;

  constructor() {
    super();
    FakeRoom.made.push(this);
  }

  async connect(): Promise<void> {
    await FakeRoom.until;
    const wrong = FakeRoom.answers.shift();
    if (wrong) throw wrong;
  }

  async disconnect(): Promise<void> {
    this.isLeft = true;
    this.emit(RoomEvent.Disconnected, DisconnectReason.CLIENT_INITIATED);
  }
}

function somebody(identity: string, isLocal: boolean) {
  const nothing = { getTrackPublication: () => undefined, connectionQuality: "good" };
  const facts = { identity, isLocal, name: identity, kind: 0, attributes: {}, audioLevel: 0 };
  return { ...nothing, ...facts, isSpeaking: false };
}

vi.mock("livekit-client", async (original) => ({
  ...(await original<typeof import("livekit-client")>()),
  Room: new Proxy(class {}, { construct: () => new FakeRoom() }),
}));

const TICKET: Ticket = { url: "ws://call", token: "secret", expiresIn: null };
const requestTicket = vi.fn<(attempt: JoinAttempt) => Promise<Ticket>>();
const onEnd = vi.fn();
const last = () => FakeRoom.made.at(-1) as FakeRoom;
const drop = (reason?: DisconnectReason) => last().emit(RoomEvent.Disconnected, reason);

const page = new EventTarget();

beforeEach(() => {
  vi.stubGlobal("window", page);
  vi.useFakeTimers({ now: new Date("2026-03-01T12:00:00Z") });
  FakeRoom.made = [];
  FakeRoom.answers = [];
  FakeRoom.until = Promise.resolve();
  requestTicket.mockReset().mockResolvedValue(TICKET);
  onEnd.mockReset();
  mutedByHost.value = 0;
});

afterEach(() => {
  leave();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("joining", () => {
  it("lists people, the local participant first", async () => {
    await enter(requestTicket, onEnd);
    expect(people.value.map(({ identity }) => identity)).toEqual(["me", "anna"]);
    expect(link.value).toBe("steady");
    expect(onEnd).not.toHaveBeenCalled();
  });

  it("sets the end of the meeting from the ticket", async () => {
    requestTicket.mockResolvedValue({ ...TICKET, expiresIn: 90 });
    await enter(requestTicket, onEnd);
    expect(endsAt.value).toBe(now() + 90_000);
  });

  it("says goodbye when the page is closed, also before it is connected", async () => {
    FakeRoom.until = new Promise(() => {});
    void enter(requestTicket, onEnd);
    await vi.advanceTimersByTimeAsync(0);
    page.dispatchEvent(new Event("pagehide"));
    expect(last().isLeft).toBe(true);
  });

  it("leaves a room once", async () => {
    await enter(requestTicket, onEnd);
    leave();
    last().isLeft = false;
    page.dispatchEvent(new Event("pagehide"));
    expect(last().isLeft).toBe(false);
  });

  it("passes on the server's refusal", async () => {
    requestTicket.mockRejectedValue(new Refused("This meeting is full", "…", "meeting_full"));
    await expect(enter(requestTicket, onEnd)).rejects.toThrow("This meeting is full");
    expect(FakeRoom.made).toEqual([]);
    expect(onEnd).not.toHaveBeenCalled();
  });

  it("never shows the token that an error of the connection may contain", async () => {
    FakeRoom.answers = [new Error("could not connect with secret")];
    const reason = await enter(requestTicket, onEnd).catch((error: unknown) => error);
    expect(reason).toBeInstanceOf(Refused);
    expect(JSON.stringify(reason) + String(reason)).not.toContain("secret");
    expect(onEnd).not.toHaveBeenCalled();
  });
});

describe("another person who goes", () => {
  it.each([
    [DisconnectReason.PARTICIPANT_REMOVED, "anna"],
    [DisconnectReason.CLIENT_INITIATED, undefined],
    [undefined, undefined],
  ])("by reason %s is known as removed: %s", async (reason, identity) => {
    removed.value = null;
    await enter(requestTicket, onEnd);
    last().emit(RoomEvent.ParticipantDisconnected, { identity: "anna" }, reason);
    expect(removed.peek()?.identity).toBe(identity);
  });
});

describe("a call that ends", () => {
  beforeEach(() => enter(requestTicket, onEnd));

  it.each([
    [DisconnectReason.PARTICIPANT_REMOVED, "removed"],
    [DisconnectReason.ROOM_DELETED, "closed"],
  ])("by reason %s is over at once: %s", async (reason, how) => {
    drop(reason);
    await vi.runOnlyPendingTimersAsync();
    expect(onEnd.mock.calls).toEqual([[how]]);
    expect(requestTicket).toHaveBeenCalledTimes(1);
    expect(people.value).toEqual([]);
  });

  it("by leaving is over once", async () => {
    leave();
    leave();
    await vi.runOnlyPendingTimersAsync();
    expect(last().isLeft).toBe(true);
    expect(onEnd.mock.calls).toEqual([["left"]]);
  });
});

describe("a lost connection", () => {
  beforeEach(() => enter(requestTicket, onEnd));

  it("is replaced with a new ticket", async () => {
    drop();
    await vi.advanceTimersByTimeAsync(0);
    expect(requestTicket).toHaveBeenCalledTimes(2);
    expect(room.value).toBe(last());
    expect(FakeRoom.made.length).toBe(2);
    expect(link.value).toBe("steady");
    expect(onEnd).not.toHaveBeenCalled();
  });

  it("keeps the list of people, without media", async () => {
    requestTicket.mockReturnValue(new Promise(() => {}));
    drop();
    await vi.advanceTimersByTimeAsync(0);
    expect(link.value).toBe("rejoining");
    expect(people.value.map(({ identity }) => identity)).toEqual(["me", "anna"]);
  });

  it("is retried after transient errors", async () => {
    requestTicket.mockRejectedValueOnce(new Refused("We cannot be reached", "…"));
    requestTicket.mockRejectedValueOnce(new Refused("The call …", "…", "call_server_unreachable"));
    FakeRoom.answers = [new Error("no route")];
    drop();
    await vi.advanceTimersByTimeAsync(7_000);
    expect(requestTicket).toHaveBeenCalledTimes(5);
    expect(link.value).toBe("steady");
    expect(onEnd).not.toHaveBeenCalled();
  });

  it("ends the call after a minute of retries", async () => {
    requestTicket.mockRejectedValue(new Refused("We cannot be reached", "…"));
    drop();
    await vi.advanceTimersByTimeAsync(59_000);
    expect(onEnd).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(onEnd.mock.calls).toEqual([["lost"]]);
  });

  it("ends the call at once after a final refusal", async () => {
    requestTicket.mockRejectedValue(new Refused("This meeting has ended", "…", "meeting_ended"));
    drop();
    await vi.advanceTimersByTimeAsync(0);
    expect(requestTicket).toHaveBeenCalledTimes(2);
    expect(onEnd.mock.calls).toEqual([["lost"]]);
  });

  it("is not retried when the person left meanwhile", async () => {
    requestTicket.mockRejectedValue(new Refused("We cannot be reached", "…"));
    drop();
    await vi.advanceTimersByTimeAsync(1_500);
    leave();
    await vi.advanceTimersByTimeAsync(100_000);
    expect(onEnd.mock.calls).toEqual([["left"]]);
    expect(requestTicket).toHaveBeenCalledTimes(3);
  });

  it("is not replaced when the person left during the request", async () => {
    let answer = (_: Ticket) => {};
    requestTicket.mockReturnValue(
      new Promise((resolve) => {
        answer = resolve;
      }),
    );
    drop();
    await vi.advanceTimersByTimeAsync(0);
    leave();
    answer(TICKET);
    await vi.advanceTimersByTimeAsync(0);
    expect(FakeRoom.made.length).toBe(1);
    expect(room.value).toBeNull();
  });

  it("is aborted while connecting when the person leaves", async () => {
    FakeRoom.until = new Promise(() => {});
    drop();
    await vi.advanceTimersByTimeAsync(0);
    expect(FakeRoom.made.length).toBe(2);
    leave();
    expect(last().isLeft).toBe(true);
    expect(onEnd.mock.calls).toEqual([["left"]]);
  });

  it("is replaced under the same visit id", async () => {
    drop();
    await vi.advanceTimersByTimeAsync(0);
    const [first, second] = requestTicket.mock.calls.map(([attempt]) => attempt);
    expect(first?.visit).toMatch(/^[0-9a-f]{32}$/);
    expect(first?.isBack).toBe(false);
    expect(second).toEqual({ visit: first?.visit, isBack: true });
  });

  it("is not replaced when the same person joined on another page", async () => {
    requestTicket.mockRejectedValue(new Refused("You joined elsewhere", "…", "joined_elsewhere"));
    drop();
    await vi.advanceTimersByTimeAsync(0);
    expect(onEnd.mock.calls).toEqual([["elsewhere"]]);
  });

  it("may be lost again", async () => {
    drop();
    await vi.advanceTimersByTimeAsync(0);
    drop();
    await vi.advanceTimersByTimeAsync(0);
    drop(DisconnectReason.ROOM_DELETED);
    await vi.advanceTimersByTimeAsync(0);
    expect(FakeRoom.made.length).toBe(3);
    expect(onEnd.mock.calls).toEqual([["closed"]]);
  });
});

describe("a second page of the same person", () => {
  beforeEach(async () => {
    await enter(requestTicket, onEnd);
  });

  it("wins, and the older says so", async () => {
    requestTicket.mockRejectedValue(new Refused("You joined elsewhere", "…", "joined_elsewhere"));
    drop(DisconnectReason.DUPLICATE_IDENTITY);
    expect(link.value).toBe("steady");
    await vi.advanceTimersByTimeAsync(0);
    expect(onEnd.mock.calls).toEqual([["elsewhere"]]);
  });

  it("that is older, and was reconnected by LiveKit's client, gives way", async () => {
    drop(DisconnectReason.DUPLICATE_IDENTITY);
    await vi.advanceTimersByTimeAsync(0);
    expect(room.value).toBe(last());
    expect(FakeRoom.made.length).toBe(2);
    expect(onEnd).not.toHaveBeenCalled();
  });

  it("wins when the server cannot be reached", async () => {
    requestTicket.mockRejectedValue(new Refused("We cannot be reached", "…"));
    drop(DisconnectReason.DUPLICATE_IDENTITY);
    await vi.advanceTimersByTimeAsync(61_000);
    expect(onEnd.mock.calls).toEqual([["elsewhere"]]);
  });
});

describe("in the call", () => {
  beforeEach(() => enter(requestTicket, onEnd));

  it.each([
    [RoomEvent.SignalReconnecting, "signal"],
    [RoomEvent.Reconnecting, "full"],
  ])("%s is shown until Reconnected", (event, shown) => {
    last().emit(event);
    expect(link.value).toBe(shown);
    last().emit(RoomEvent.Reconnected);
    expect(link.value).toBe("steady");
  });

  it("keeps the list of people when LiveKit clears it for a full reconnect", async () => {
    last().remoteParticipants.clear();
    last().emit(RoomEvent.ParticipantDisconnected);
    last().emit(RoomEvent.Reconnecting);
    await vi.advanceTimersByTimeAsync(0);
    expect(people.value.map(({ identity }) => identity)).toEqual(["me", "anna"]);
    last().emit(RoomEvent.Reconnected);
    expect(people.value.map(({ identity }) => identity)).toEqual(["me"]);
  });

  it("updates the list when somebody leaves", async () => {
    last().remoteParticipants.clear();
    last().emit(RoomEvent.ParticipantDisconnected);
    await vi.advanceTimersByTimeAsync(0);
    expect(people.value.map(({ identity }) => identity)).toEqual(["me"]);
  });

  it("ignores events of a room that was left", async () => {
    const left = last();
    drop();
    await vi.advanceTimersByTimeAsync(0);
    left.emit(RoomEvent.Reconnecting);
    expect(link.value).toBe("steady");
  });

  it("shows whether it is recorded", () => {
    last().isRecording = true;
    last().emit(RoomEvent.RecordingStatusChanged, true);
    expect(isRecording.value).toBe(true);
  });

  it("notices that a host has muted this person", () => {
    isMicrophoneOn.value = true;
    last().emit(RoomEvent.TrackMuted, { source: "microphone" }, { isLocal: true });
    expect(isMicrophoneOn.value).toBe(false);
    expect(mutedByHost.value).toBe(1);
  });

  it.each([
    ["their own click", false, { source: "microphone" }, { isLocal: true }],
    ["their camera", true, { source: "camera" }, { isLocal: true }],
    ["somebody else", true, { source: "microphone" }, { isLocal: false }],
  ])("does not mistake %s for it", (_, isOn, publication, participant) => {
    isMicrophoneOn.value = isOn;
    last().emit(RoomEvent.TrackMuted, publication, participant);
    expect(mutedByHost.value).toBe(0);
  });

  it.each([RoomEvent.SignalReconnecting, RoomEvent.Reconnecting])(
    "a long system sleep ends it, so that nobody is heard unknowingly: %s",
    async (event) => {
      await vi.advanceTimersByTimeAsync(20_000);
      vi.setSystemTime(Date.now() + 8 * 3_600_000);
      await vi.advanceTimersByTimeAsync(1_000);
      expect(onEnd).not.toHaveBeenCalled(); // the clock may have been set
      last().emit(event);
      expect(onEnd.mock.calls).toEqual([["asleep"]]);
      expect(last().isLeft).toBe(true);
    },
  );

  it("so does one of which the connection's end is the first news", async () => {
    vi.setSystemTime(Date.now() + 8 * 3_600_000);
    drop();
    await vi.advanceTimersByTimeAsync(0);
    expect(onEnd.mock.calls).toEqual([["asleep"]]);
    expect(requestTicket).toHaveBeenCalledTimes(1);
  });

  it("and one during which the browser's own clock goes on", async () => {
    vi.spyOn(performance, "now").mockReturnValue(performance.now() + 11 * 60_000);
    vi.setSystemTime(Date.now() + 11 * 60_000);
    await vi.advanceTimersByTimeAsync(1_000);
    vi.restoreAllMocks();
    expect(onEnd.mock.calls).toEqual([["asleep"]]);
  });

  it.each([11, -11])("a clock that is set by %s minutes does not end it", async (minutes) => {
    vi.setSystemTime(Date.now() + minutes * 60_000);
    await vi.advanceTimersByTimeAsync(90_000);
    last().emit(RoomEvent.SignalReconnecting);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(onEnd).not.toHaveBeenCalled();
  });

  it("a short one does not", async () => {
    vi.setSystemTime(Date.now() + 5 * 60_000);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(onEnd).not.toHaveBeenCalled();
  });
});
