import { type LocalTrack, TrackEvent } from "livekit-client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { isCameraOn, isMicrophoneOn, microphone, unsent } from "../devices";
import { announced, toasts } from "./announcer";
import { link, room } from "./connection";
import { watchSent } from "./sent";

const publications = new Map<string, { source: string; track?: LocalTrack }>();
let stop = () => {};

/** A microphone that is open, and what its connection takes in. */
function sound(facts: { isMuted?: boolean } = {}) {
  const media = { enabled: !facts.isMuted, readyState: "live", stop: vi.fn() };
  const own = {
    isMuted: false,
    isUpstreamPaused: false,
    mediaStreamTrack: media,
    sender: {
      track: media as typeof media | null,
      replaceTrack: vi.fn(async (track: typeof media) => {
        own.sender.track = track;
      }),
    },
    emit: vi.fn(),
    mute: vi.fn(async () => {
      own.isMuted = true;
    }),
    unmute: vi.fn(async () => {
      own.isMuted = false;
      media.enabled = true;
    }),
    stop: vi.fn(),
    ...facts,
  };
  return own;
}

let own: ReturnType<typeof sound>;
const publish = (track: object) =>
  publications.set("one", { source: "microphone", track: track as LocalTrack });
const said = () => toasts.value.map(({ text }) => text);

beforeEach(() => {
  vi.useFakeTimers();
  toasts.value = [];
  announced.value = [];
  publications.clear();
  own = sound();
  microphone.value = own as never;
  isMicrophoneOn.value = true;
  isCameraOn.value = false;
  publish(own);
  link.value = "steady";
  room.value = { localParticipant: { trackPublications: publications } } as never;
  stop = watchSent();
});

afterEach(() => {
  stop();
  room.value = null;
  vi.useRealTimers();
});

const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

it("nothing is said while what is sent is what is shown", async () => {
  await pass(60_000);
  isMicrophoneOn.value = false;
  Object.assign(own, { isMuted: true });
  own.mediaStreamTrack.enabled = false;
  await pass(60_000);
  expect([said(), announced.value, unsent.value]).toEqual([[], [], []]);
});

describe("shown as muted, but heard", () => {
  it("is muted, and told, after two seconds", async () => {
    isMicrophoneOn.value = false;
    await pass(1_500);
    expect(said()).toEqual([]);
    await pass(1_000);
    expect(own.mediaStreamTrack.enabled).toBe(false);
    expect(own.mute).toHaveBeenCalled();
    expect(said()).toEqual(["wasHeard"]);
    await pass(5_000);
    expect(said()).toEqual(["wasHeard"]);
  });

  it("also by a track that nobody holds any more, and that says that it is muted", async () => {
    const left = Object.assign(sound(), { isMuted: true });
    publications.set("two", { source: "microphone", track: left as never });
    isMicrophoneOn.value = false;
    own.mediaStreamTrack.enabled = false;
    await pass(2_500);
    expect(left.mediaStreamTrack.enabled).toBe(false);
    expect(said()).toEqual(["wasHeard"]);
  });
});

describe("shown as unmuted, but not heard", () => {
  it("because it is not published is told until it is", async () => {
    publications.clear();
    await pass(1_500);
    expect(unsent.value).toEqual([]);
    await pass(1_000);
    expect(unsent.value).toEqual(["microphone"]);
    publish(own);
    await pass(500);
    expect(unsent.value).toEqual([]);
    expect(said()).toEqual(["nowHeard"]);
  });

  it("because it is muted is unmuted", async () => {
    own.isMuted = true;
    await pass(2_500);
    expect(own.unmute).toHaveBeenCalledTimes(1);
  });

  it("because its device has stopped gets another device", async () => {
    own.mediaStreamTrack.readyState = "ended";
    await pass(2_500);
    expect(own.emit).toHaveBeenCalledWith(TrackEvent.Ended, own);
  });

  it("because its connection takes in nothing is put into it again", async () => {
    own.sender.track = null;
    own.mediaStreamTrack.enabled = false;
    await pass(2_500);
    expect(own.sender.replaceTrack).toHaveBeenCalledTimes(1);
    await pass(500);
    expect([unsent.value, said()]).toEqual([[], ["nowHeard"]]);
  });

  it("because the system has muted it is told", async () => {
    own.isUpstreamPaused = true;
    await pass(2_500);
    expect(unsent.value).toEqual(["microphone"]);
    expect(own.emit).not.toHaveBeenCalled();
  });

  it("is not told while the connection is interrupted, and counted anew after it", async () => {
    publications.clear();
    link.value = "full";
    await pass(60_000);
    link.value = "steady";
    await pass(1_500);
    expect(unsent.value).toEqual([]);
    await pass(1_000);
    expect(unsent.value).toEqual(["microphone"]);
  });
});

it("nothing is looked at after the call", async () => {
  publications.clear();
  await pass(2_500);
  stop();
  expect(unsent.value).toEqual([]);
  await pass(5_000);
  expect(unsent.value).toEqual([]);
});
