import { ConnectionState, type LocalTrack, type Room, RoomEvent, TrackEvent } from "livekit-client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { camera, microphone } from "../devices";
import { publishOpenTracks } from "./publishing";
import { screen } from "./screen-share";
import { Emitter } from "./testing";

/** What LiveKit's client has published, as it tells it. */
const trackPublications = new Map<LocalTrack, { track: LocalTrack }>();
const publishTrack = vi.fn();
const unpublishTrack = vi.fn();
const to = Object.assign(new Emitter(), {
  state: ConnectionState.Connected,
  localParticipant: { publishTrack, unpublishTrack, trackPublications },
});
let stop = () => {};

function track(readyState = "live"): LocalTrack {
  const facts = { stop: vi.fn(), isMuted: false, emit: vi.fn(), mediaStreamTrack: { readyState } };
  return facts as unknown as LocalTrack;
}

async function isPublished(one: LocalTrack): Promise<void> {
  trackPublications.set(one, { track: one });
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

/** Open a camera, or unplug it. */
function show(one: LocalTrack | null): void {
  camera.value = one as typeof camera.value;
}

beforeEach(() => {
  to.state = ConnectionState.Connected;
  trackPublications.clear();
  publishTrack.mockReset().mockImplementation(isPublished);
  unpublishTrack.mockReset().mockImplementation(async (one: LocalTrack) => {
    trackPublications.delete(one);
  });
  show(null);
  microphone.value = null;
  screen.value = [];
});

afterEach(() => stop());

const begin = () => {
  stop = publishOpenTracks(to as unknown as Room);
};

describe("what is published", () => {
  it("is every track that is open when the call begins", () => {
    const own = track();
    show(own);
    begin();
    expect(publishTrack.mock.calls).toEqual([[own]]);
  });

  it("includes tracks that are opened later, each once", () => {
    begin();
    const [own, picture] = [track(), track()];
    show(own);
    screen.value = [picture];
    microphone.value = null;
    expect(publishTrack.mock.calls).toEqual([[own], [picture]]);
  });

  it("is unpublished when the track is closed", async () => {
    const own = track();
    show(own);
    begin();
    await settled();
    show(null);
    expect(unpublishTrack.mock.calls).toEqual([[own, false]]);
  });

  it("is unpublished when the track was closed while it was being published", async () => {
    const own = track();
    show(own);
    begin();
    show(null);
    await vi.waitFor(() => expect(unpublishTrack.mock.calls).toEqual([[own, false]]));
  });

  it("is muted too, although a muted camera has ended", () => {
    const own = Object.assign(track("ended"), { isMuted: true });
    show(own);
    begin();
    expect(publishTrack.mock.calls).toEqual([[own]]);
  });

  it("ends with the connection, and begins again with the next", () => {
    const own = track();
    show(own);
    begin();
    stop();
    show(track());
    expect(publishTrack).toHaveBeenCalledTimes(1);
    begin();
    expect(publishTrack).toHaveBeenCalledTimes(2);
  });
});

describe("a track that is muted or unmuted while it is being published", () => {
  it.each([
    ["unmuted", true],
    ["muted", false],
  ])("emits %s afterwards", async (event, wasMuted) => {
    const own = Object.assign(track(), { isMuted: wasMuted, emit: vi.fn() });
    publishTrack.mockImplementation(async () => {
      own.isMuted = !wasMuted;
      await isPublished(own);
    });
    show(own);
    begin();
    await vi.waitFor(() => expect(own.emit.mock.calls).toEqual([[event, own]]));
  });

  it("emits nothing where nothing changed", async () => {
    const own = Object.assign(track(), { isMuted: true, emit: vi.fn() });
    show(own);
    begin();
    await Promise.resolve();
    await Promise.resolve();
    expect(own.emit).not.toHaveBeenCalled();
  });
});

describe("what LiveKit's client has unpublished by itself", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it("is published again after a reconnect, at once", async () => {
    const own = track();
    show(own);
    begin();
    await vi.advanceTimersByTimeAsync(0);
    trackPublications.clear();
    to.emit(RoomEvent.Reconnected);
    expect(publishTrack.mock.calls).toEqual([[own], [own]]);
  });

  it("is published again whenever it was", async () => {
    const own = track();
    show(own);
    begin();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(publishTrack).toHaveBeenCalledTimes(1);
    trackPublications.clear();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(publishTrack.mock.calls).toEqual([[own], [own]]);
  });
});

describe("a failed publish", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it("of a device that has gone is told to whoever replaces devices", async () => {
    publishTrack.mockRejectedValue(new Error("ended"));
    const own = track("ended");
    show(own);
    begin();
    await vi.advanceTimersByTimeAsync(0);
    expect(own.emit).toHaveBeenCalledWith(TrackEvent.Ended, own);
  });

  it("during a reconnect is retried after it", async () => {
    publishTrack.mockRejectedValueOnce(new Error("closed"));
    const own = track();
    show(own);
    begin();
    to.state = ConnectionState.Reconnecting;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(publishTrack).toHaveBeenCalledTimes(1);
    to.state = ConnectionState.Connected;
    to.emit(RoomEvent.Reconnected);
    await vi.advanceTimersByTimeAsync(0);
    expect(publishTrack.mock.calls).toEqual([[own], [own]]);
    expect(camera.value).toBe(own);
  });

  it("for an unknown reason is retried", async () => {
    publishTrack.mockRejectedValueOnce(new Error("timeout"));
    const own = track();
    show(own);
    begin();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(publishTrack.mock.calls).toEqual([[own], [own]]);
    expect(camera.value).toBe(own);
  });

  it("is not retried after the connection has ended", async () => {
    publishTrack.mockRejectedValue(new Error("timeout"));
    show(track());
    begin();
    await vi.advanceTimersByTimeAsync(0);
    stop();
    to.emit(RoomEvent.Reconnected);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(publishTrack).toHaveBeenCalledTimes(1);
  });

  it("of a screen stops the sharing", async () => {
    publishTrack.mockRejectedValue(new Error("ended"));
    const picture = track("ended");
    screen.value = [picture];
    begin();
    await vi.advanceTimersByTimeAsync(0);
    expect(screen.value).toEqual([]);
    expect(picture.stop).toHaveBeenCalled();
  });
});
