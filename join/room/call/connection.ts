/** The call: LiveKit's room as signals, from the first connection to the last. */

import { batch, computed, effect, signal, untracked } from "@preact/signals";
import { DisconnectReason, Room, RoomEvent } from "livekit-client";
import { handleTrackMuted } from "../devices";
import { chosen } from "../lobby/device-list";
import { type JoinAttempt, Refused, type Ticket } from "../page";
import { t } from "../words";
import { now, SleepDetector } from "./clock";
import { type EndReason, endReasonOf } from "./end-reason";
import { type Person, peopleIn, type Share, sharesIn } from "./people";
import { publishOpenTracks } from "./publishing";
import { stopSharing } from "./screen-share";

/**
 * steady: connected; signal: LiveKit resumes its signalling connection, media goes on; full: LiveKit reconnects
 * from scratch; rejoining: LiveKit's client gave up, and the page asks our server for a new token.
 */
export type Link = "steady" | "signal" | "full" | "rejoining";

/** Set before connecting, so that handlers are registered before the first data arrives; kept afterwards. */
export const entering = signal<Room | null>(null);
export const room = signal<Room | null>(null);
export const people = signal<Person[]>([]);
export const shares = signal<Share[]>([]);
export const link = signal<Link>("steady");
/** False during a full reconnect, when LiveKit's list of participants is incomplete. */
export const areOthersKnown = computed(() => room.value !== null && link.value !== "full");
/** Whether a recording of the room is active. */
export const isRecording = signal(false);
/** False while the browser's autoplay policy wants a click first. */
export const isSoundAllowed = signal(true);
/** How often a host has muted this person. */
export const mutedByHost = signal(0);
/** Who was removed last, by a host or by the service. */
export const removed = signal<Pick<Person, "identity" | "name"> | null>(null);
/** When the meeting's time is over, by `now` of clock.ts. */
export const endsAt = signal<number | null>(null);

/** Throws Refused. */
type RequestTicket = (attempt: JoinAttempt) => Promise<Ticket>;

/** Milliseconds before each attempt to rejoin; after the last the call is lost. */
const RETRY_DELAYS = [0, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000];
/** Error codes that may be transient. */
const TRANSIENT = ["", "call_server_unreachable", "server_error"];
/** The error code for a page that rejoins although the same person has joined by a newer visit. */
const ELSEWHERE = "joined_elsewhere";
/** After a longer system sleep nobody is published again without a click. */
const MAX_SLEEP = 10 * 60_000;
const TICK = 1_000; // shorter than LiveKit's reconnect after waking

let visit: Visit | null = null;

/**
 * Join and publish the preview's tracks. Throws Refused. `onEnd` is called once, and only after a successful
 * join. A lost connection is retried, with a new token if need be, before the call counts as lost.
 */
export async function enter(
  requestTicket: RequestTicket,
  onEnd: (how: EndReason) => void,
): Promise<void> {
  const begun = new Visit(requestTicket, onEnd);
  await begun.connect();
  visit = begun;
  begun.watchForSleep();
}

export function leave(): void {
  visit?.end("left");
}

export async function allowSound(): Promise<void> {
  await room.value?.startAudio().catch(() => {}); // blocked again: the button remains
}

/** From one click on "Join" to the end of the call, over any number of connections. */
class Visit {
  private readonly over = new AbortController();
  private readonly id = newId();

  constructor(
    private readonly requestTicket: RequestTicket,
    private readonly onEnd: (how: EndReason) => void,
  ) {}

  async connect(isBack = false): Promise<void> {
    const ticket = await this.requestTicket({ visit: this.id, isBack });
    if (this.over.signal.aborted) return;
    const joined = newRoom();
    listen(joined);
    leaveWithPage(joined);
    entering.value = joined;
    try {
      await joined.connect(ticket.url, ticket.token);
    } catch {
      // LiveKit's error message can contain the token: it is never shown.
      throw new Refused(t("noCall"), t("noCallDetail"));
    }
    if (this.over.signal.aborted) return void joined.disconnect(false);
    endsAt.value = ticket.expiresIn === null ? null : now() + ticket.expiresIn * 1000;
    begin(joined, (how) => void this.onDisconnected(how));
  }

  end(how: EndReason): void {
    if (this.over.signal.aborted) return;
    this.over.abort();
    void entering.value?.disconnect(false); // also one that is still connecting
    reset();
    this.onEnd(how);
  }

  private async onDisconnected(how: EndReason): Promise<void> {
    if (this.over.signal.aborted) return;
    if (how === "lost") hideMedia("rejoining");
    const last = how === "lost" || how === "elsewhere" ? await this.rejoin(how) : how;
    if (last) this.end(last);
  }

  /**
   * Null when connected again, or when the person left meanwhile; else how the call ends. A page disconnected as
   * a duplicate asks too: the other page may be an older one that LiveKit's client reconnected by itself.
   */
  private async rejoin(how: EndReason): Promise<EndReason | null> {
    for (const delay of RETRY_DELAYS) {
      await sleep(delay, this.over.signal);
      if (this.over.signal.aborted) return null;
      try {
        await this.connect(true);
        return null;
      } catch (reason) {
        const code = reason instanceof Refused ? reason.code : "?";
        if (code === ELSEWHERE) return "elsewhere";
        if (!TRANSIENT.includes(code)) return how;
        hideMedia("rejoining"); // for duplicates only now: mostly the server's first answer ends the call
      }
    }
    return how;
  }

  /** Timers stand still during system sleep: a large gap between two ticks means that it slept. */
  watchForSleep(): void {
    const detector = new SleepDetector();
    const stop = effect(() => {
      const isConnected = link.value === "steady"; // and at once when that changes, before LiveKit is back
      const tick = () => {
        if (detector.tick(isConnected) > MAX_SLEEP) this.end("asleep");
      };
      untracked(tick);
      const timer = setInterval(tick, TICK);
      return () => clearInterval(timer);
    });
    this.over.signal.addEventListener("abort", stop);
  }
}

function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function sleep(milliseconds: number, over: AbortSignal): Promise<void> {
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
    adaptiveStream: true, // subscribe to the resolution that is shown
    dynacast: true, // publish no layer without a subscriber
    stopLocalTrackOnUnpublish: false, // devices stay open while reconnecting
    disconnectOnPageLeave: false, // LiveKit's client does so before the person is asked; see leaveWithPage
    audioOutput: { deviceId: chosen.value.speaker || undefined },
  });
}

/** From before it is connected: the others would see who left without a word for 20 s. */
function leaveWithPage(left: Room): void {
  const leave = () => void left.disconnect();
  window.addEventListener("pagehide", leave);
  left.on(RoomEvent.Disconnected, () => window.removeEventListener("pagehide", leave));
}

const CHANGE_EVENTS = [
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
  for (const change of CHANGE_EVENTS) to.on(change, queueUpdate);
  const on = (event: RoomEvent, handle: () => void) =>
    to.on(event, () => to === entering.value && handle()); // ignore rooms that were left
  on(RoomEvent.SignalReconnecting, () => {
    link.value = "signal";
  });
  on(RoomEvent.Reconnecting, () => hideMedia("full"));
  on(RoomEvent.Reconnected, () => {
    link.value = "steady";
    update();
  });
  on(RoomEvent.AudioPlaybackStatusChanged, () => {
    isSoundAllowed.value = to.canPlaybackAudio;
  });
  on(RoomEvent.RecordingStatusChanged, () => {
    isRecording.value = to.isRecording;
  });
  to.on(RoomEvent.TrackMuted, ({ source }, { isLocal }) => {
    if (isLocal && handleTrackMuted(source)) mutedByHost.value += 1;
  });
  to.on(RoomEvent.ParticipantDisconnected, (gone, reason) => {
    if (reason !== DisconnectReason.PARTICIPANT_REMOVED) return;
    removed.value = people.value.find(({ identity }) => identity === gone.identity) ?? null;
  });
}

/** After a successful connect. */
function begin(joined: Room, onDisconnected: (how: EndReason) => void): void {
  const stopPublishing = publishOpenTracks(joined);
  joined.once(RoomEvent.Disconnected, (reason) => {
    stopPublishing();
    if (room.value === joined) room.value = null;
    onDisconnected(endReasonOf(reason));
  });
  batch(() => {
    room.value = joined;
    link.value = "steady";
    isRecording.value = joined.isRecording;
    isSoundAllowed.value = joined.canPlaybackAudio;
    update();
  });
}

let isUpdateQueued = false;

/** LiveKit emits ParticipantDisconnected for everybody just before its own Reconnecting. */
function queueUpdate(): void {
  if (isUpdateQueued) return;
  isUpdateQueued = true;
  queueMicrotask(() => {
    isUpdateQueued = false;
    update();
  });
}

function update(): void {
  const current = room.value;
  if (!current || link.value === "full") return;
  batch(() => {
    people.value = peopleIn(current);
    shares.value = sharesIn(current);
  });
}

/** No media until reconnected; the list of people remains. */
function hideMedia(how: Link): void {
  batch(() => {
    link.value = how;
    shares.value = [];
    people.value = people.value.map((person) =>
      person.isLocal ? person : { ...person, video: null, sounds: [], isSpeaking: false },
    );
  });
}

function reset(): void {
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
