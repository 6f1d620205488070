/** The call: LiveKit's room as signals, from the door until it is over. */

import { batch, computed, signal } from "@preact/signals";
import { Room, RoomEvent } from "livekit-client";
import { heedMuting } from "../devices";
import { chosen } from "../door/device-list";
import { type Coming, Refused, type Ticket } from "../page";
import { say } from "../words";
import { type Ending, endingOf } from "./end-reason";
import { type Person, peopleIn, type Share, sharesIn } from "./people";
import { keepSending } from "./publishing";
import { stopSharing } from "./screen-share";

/**
 * steady: all is well; signal: LiveKit's socket is being opened again, sound and pictures go on; full: all of
 * it is; door: LiveKit's client gave up, and the door is asked to let this person in again.
 */
export type Link = "steady" | "signal" | "full" | "door";

/** The room that is being entered, and then the one that was: what comes with the connection is heard by it. */
export const entering = signal<Room | null>(null);
export const room = signal<Room | null>(null);
export const people = signal<Person[]>([]);
export const shares = signal<Share[]>([]);
export const link = signal<Link>("steady");
/** While the own connection is made anew, nothing is known of the others. */
export const areOthersKnown = computed(() => room.value !== null && link.value !== "full");
/** Whether somebody records the room right now. */
export const isRecording = signal(false);
/** False when the browser wants a click before it plays sound. */
export const isSoundAllowed = signal(true);
/** When a host last muted this person, in milliseconds since 1970; 0: never. */
export const mutedByHost = signal(0);
/** When the meeting's time is over, by this machine's clock, in milliseconds since 1970. */
export const endsAt = signal<number | null>(null);

/** Asks the door for a ticket. Throws Refused. */
type Knock = (coming: Coming) => Promise<Ticket>;

/** Milliseconds before each try to come back; after the last the call is lost. */
const PAUSES = [0, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000];
/** What the door says that may be over in a moment. */
const PASSING = ["", "call_server_unreachable", "server_error"];
/** What it says to a page that wants to come back, when the same person has come in by another since. */
const ELSEWHERE = "joined_elsewhere";
/** Who was asleep for longer wants to be asked before they are seen and heard again. */
const ASLEEP_AT_MOST = 10 * 60_000;
const TICK = 1_000; // shorter than it takes LiveKit to come back after waking

let visit: Visit | null = null;

/**
 * Come in, and send what the preview opened. Throws Refused. `onEnd` is called once, and only after having
 * been in. A connection that breaks is made anew, through the door if need be, before it counts as lost.
 */
export async function enter(knock: Knock, onEnd: (how: Ending) => void): Promise<void> {
  const begun = new Visit(knock, onEnd);
  await begun.connect();
  visit = begun;
  begun.watchForSleep();
}

export function leave(): void {
  visit?.end("left");
}

export async function allowSound(): Promise<void> {
  await room.value?.startAudio().catch(() => {}); // refused again: the button stays
}

/** One person's time in the call, over as many connections as it takes. */
class Visit {
  private readonly over = new AbortController();
  private readonly name = newName();

  constructor(
    private readonly knock: Knock,
    private readonly onEnd: (how: Ending) => void,
  ) {}

  async connect(isBack = false): Promise<void> {
    const ticket = await this.knock({ visit: this.name, isBack });
    if (this.over.signal.aborted) return;
    const entered = newRoom();
    listen(entered);
    entering.value = entered;
    try {
      await entered.connect(ticket.url, ticket.token);
    } catch {
      // An error of the connection can contain the token: it is never shown.
      throw new Refused(say("noCall"), say("noCallDetail"));
    }
    if (this.over.signal.aborted) return void entered.disconnect(false);
    endsAt.value = ticket.expiresIn === null ? null : Date.now() + ticket.expiresIn * 1000;
    begin(entered, (how) => void this.down(how));
  }

  end(how: Ending): void {
    if (this.over.signal.aborted) return;
    this.over.abort();
    void entering.value?.disconnect(false); // also one that is still coming about
    forget();
    this.onEnd(how);
  }

  private async down(how: Ending): Promise<void> {
    if (this.over.signal.aborted) return;
    if (how === "lost") dim("door");
    const last = how === "lost" || how === "elsewhere" ? await this.comeBack(how) : how;
    if (last) this.end(last);
  }

  /**
   * Null when back, or when the person left meanwhile; else how it ends. Who was put out by another page of
   * theirs asks as well: that may be an older one, which LiveKit's client has brought back past the door.
   */
  private async comeBack(how: Ending): Promise<Ending | null> {
    for (const pause of PAUSES) {
      await waited(pause, this.over.signal);
      if (this.over.signal.aborted) return null;
      try {
        await this.connect(true);
        return null;
      } catch (reason) {
        const code = reason instanceof Refused ? reason.code : "?";
        if (code === ELSEWHERE) return "elsewhere";
        if (!PASSING.includes(code)) return how;
        dim("door"); // for whoever was put out by another page, only now: mostly the door says so at once
      }
    }
    return how;
  }

  /** Whoever closes the lid at noon does not want to be heard when they open it in the evening. */
  watchForSleep(): void {
    let awakeAt = Date.now();
    const timer = setInterval(() => {
      const now = Date.now();
      if (now - awakeAt > ASLEEP_AT_MOST) this.end("asleep");
      awakeAt = now;
    }, TICK);
    this.over.signal.addEventListener("abort", () => clearInterval(timer));
  }
}

function newName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function waited(milliseconds: number, over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    over.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function newRoom(): Room {
  return new Room({
    adaptiveStream: true, // no more of a picture than is shown
    dynacast: true, // nothing is sent that nobody looks at
    stopLocalTrackOnUnpublish: false, // devices stay open while the connection is made anew
    audioOutput: { deviceId: chosen.value.speaker || undefined },
  });
}

const CHANGES = [
  RoomEvent.ParticipantConnected,
  RoomEvent.ParticipantDisconnected,
  RoomEvent.ParticipantNameChanged,
  RoomEvent.ParticipantAttributesChanged,
  RoomEvent.TrackPublished,
  RoomEvent.TrackUnpublished,
  RoomEvent.TrackSubscribed,
  RoomEvent.TrackUnsubscribed,
  RoomEvent.TrackMuted,
  RoomEvent.TrackUnmuted,
  RoomEvent.LocalTrackPublished,
  RoomEvent.LocalTrackUnpublished,
  RoomEvent.ActiveSpeakersChanged,
  RoomEvent.ConnectionQualityChanged,
] as const;

function listen(to: Room): void {
  for (const change of CHANGES) to.on(change, showSoon);
  const on = (event: RoomEvent, heed: () => void) =>
    to.on(event, () => to === entering.value && heed()); // a room that was left has nothing to say
  on(RoomEvent.SignalReconnecting, () => {
    link.value = "signal";
  });
  on(RoomEvent.Reconnecting, () => dim("full"));
  on(RoomEvent.Reconnected, () => {
    link.value = "steady";
    show();
  });
  on(RoomEvent.AudioPlaybackStatusChanged, () => {
    isSoundAllowed.value = to.canPlaybackAudio;
  });
  on(RoomEvent.RecordingStatusChanged, () => {
    isRecording.value = to.isRecording;
  });
  to.on(RoomEvent.TrackMuted, ({ source }, { isLocal }) => {
    if (isLocal && heedMuting(source)) mutedByHost.value = Date.now();
  });
}

/** A room that this person has just come into. */
function begin(entered: Room, onDown: (how: Ending) => void): void {
  const stopSending = keepSending(entered);
  entered.once(RoomEvent.Disconnected, (reason) => {
    stopSending();
    if (room.value === entered) room.value = null;
    onDown(endingOf(reason));
  });
  batch(() => {
    room.value = entered;
    link.value = "steady";
    isRecording.value = entered.isRecording;
    isSoundAllowed.value = entered.canPlaybackAudio;
    show();
  });
}

let isShownSoon = false;

/** LiveKit tells that everybody has gone a moment before it tells that the own connection has. */
function showSoon(): void {
  if (isShownSoon) return;
  isShownSoon = true;
  queueMicrotask(() => {
    isShownSoon = false;
    show();
  });
}

function show(): void {
  const now = room.value;
  if (!now || link.value === "full") return;
  batch(() => {
    people.value = peopleIn(now);
    shares.value = sharesIn(now);
  });
}

/** Nobody is seen or heard until this person is back; who was there stays on the page. */
function dim(how: Link): void {
  batch(() => {
    link.value = how;
    shares.value = [];
    people.value = people.value.map((person) =>
      person.isLocal ? person : { ...person, video: null, sounds: [], isSpeaking: false },
    );
  });
}

function forget(): void {
  stopSharing();
  batch(() => {
    room.value = null;
    entering.value = null;
    people.value = [];
    shares.value = [];
    link.value = "steady";
    isRecording.value = false;
    endsAt.value = null;
  });
}
