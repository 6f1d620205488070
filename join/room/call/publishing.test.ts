import { ConnectionState, type LocalTrack, type Room, RoomEvent } from "livekit-client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { camera, cameraError, microphone } from "../devices";
import { publishOpenTracks } from "./publishing";
import { screen } from "./screen-share";
import { Emitter } from "./testing";

const publishTrack = vi.fn();
const unpublishTrack = vi.fn();
const to = Object.assign(new Emitter(), {
  state: ConnectionState.Connected,
  localParticipant: { publishTrack, unpublishTrack },
});
let stop = () => {};

function track(readyState = "live"): LocalTrack {
  return { stop: vi.fn(), mediaStreamTrack: { readyState } } as unknown as LocalTrack;
}

/** Open a camera, or unplug it. */
function show(one: LocalTrack | null): void {
  camera.value = one as typeof camera.value;
}

beforeEach(() => {
  to.state = ConnectionState.Connected;
  publishTrack.mockReset().mockResolvedValue({});
  unpublishTrack.mockReset().mockResolvedValue({});
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

  it("is unpublished when the track is closed", () => {
    const own = track();
    show(own);
    begin();
    show(null);
    expect(unpublishTrack.mock.calls).toEqual([[own, false]]);
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

describe("a failed publish", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it("of an unplugged device drops the track, with an error", async () => {
    publishTrack.mockRejectedValue(new Error("ended"));
    show(track("ended"));
    begin();
    await vi.advanceTimersByTimeAsync(0);
    expect(cameraError.value).toBe("missing");
    expect(camera.value).toBeNull();
  });

  it("during a reconnect is retried after it", async () => {
    publishTrack.mockRejectedValueOnce(new Error("closed"));
    to.state = ConnectionState.Reconnecting;
    const own = track();
    show(own);
    begin();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(publishTrack).toHaveBeenCalledTimes(1);
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
