import { beforeEach, describe, expect, it, vi } from "vitest";
import { screen, startSharing, stopSharing } from "./screen-share";
import { Emitter } from "./testing";

const createLocalScreenTracks = vi.hoisted(() => vi.fn());
vi.mock("livekit-client", async (original) => ({
  ...(await original<typeof import("livekit-client")>()),
  createLocalScreenTracks,
}));

class FakeTrack extends Emitter {
  stop = vi.fn();
}

beforeEach(() => {
  stopSharing();
  createLocalScreenTracks.mockReset();
});

describe("sharing a screen", () => {
  it("opens what the person chose, and closes it", async () => {
    const tracks = [new FakeTrack(), new FakeTrack()];
    createLocalScreenTracks.mockResolvedValue(tracks);
    expect(await startSharing()).toBe(true);
    expect(screen.value).toEqual(tracks);
    stopSharing();
    expect(screen.value).toEqual([]);
    for (const track of tracks) expect(track.stop).toHaveBeenCalledTimes(1);
  });

  it("ends when the browser ends it", async () => {
    const track = new FakeTrack();
    createLocalScreenTracks.mockResolvedValue([track]);
    await startSharing();
    track.emit("ended");
    expect(screen.value).toEqual([]);
  });

  it("is not started when the picker is cancelled", async () => {
    createLocalScreenTracks.mockRejectedValue(new DOMException("", "NotAllowedError"));
    expect(await startSharing()).toBe(false);
    expect(screen.value).toEqual([]);
  });

  it("is not started by a choice after the call", async () => {
    const track = new FakeTrack();
    let choose = (_: FakeTrack[]) => {};
    createLocalScreenTracks.mockReturnValue(
      new Promise((resolve) => {
        choose = resolve;
      }),
    );
    const begun = startSharing();
    stopSharing();
    choose([track]);
    expect(await begun).toBe(false);
    expect(screen.value).toEqual([]);
    expect(track.stop).toHaveBeenCalledTimes(1);
  });

  it("started twice keeps only the second choice", async () => {
    const [first, second] = [new FakeTrack(), new FakeTrack()];
    createLocalScreenTracks.mockResolvedValueOnce([first]).mockResolvedValueOnce([second]);
    const begun = [startSharing(), startSharing()];
    expect(await Promise.all(begun)).toEqual([false, true]);
    expect(screen.value).toEqual([second]);
    expect(first.stop).toHaveBeenCalledTimes(1);
  });

  it("throws when the system, not the person, refuses", async () => {
    createLocalScreenTracks.mockRejectedValue(
      new DOMException("Permission denied by system", "NotAllowedError"),
    );
    await expect(startSharing()).rejects.toThrow(DOMException);
  });

  it("throws when there is no video", async () => {
    createLocalScreenTracks.mockRejectedValue(new DOMException("", "NotReadableError"));
    await expect(startSharing()).rejects.toThrow(DOMException);
  });
});
