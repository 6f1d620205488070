import { createLocalAudioTrack, createLocalVideoTrack, TrackEvent } from "livekit-client";
import { afterEach, beforeEach, describe, expect, it, type Mock, vi } from "vitest";
import {
  camera,
  cameraError,
  closeDevices,
  isCameraOn,
  isMicrophoneOn,
  isOpening,
  microphone,
  microphoneError,
  toggleMicrophone,
} from "../devices";
import {
  choose,
  type DeviceListener,
  openAndWatch,
  openMissing,
  watchDeviceChanges,
} from "./device-changes";
import { chosen } from "./device-list";

vi.mock("livekit-client", async (original) => ({
  ...(await original<typeof import("livekit-client")>()),
  createLocalVideoTrack: vi.fn(),
  createLocalAudioTrack: vi.fn(),
}));

/** A fake of LiveKit's track. */
class Fake {
  isMuted = false;
  isStopped = false;
  readonly constraints: MediaTrackConstraints = {};
  readonly setDeviceId = vi.fn(async (id: { exact: string }) => {
    this.constraints.deviceId = id;
    this.device = id.exact;
    this.emit(TrackEvent.Restarted);
  });
  private handlers = new Map<string, Set<() => void>>();

  constructor(public device: string) {}

  get mediaStreamTrack() {
    return { label: this.device, getSettings: () => ({ deviceId: this.device }) };
  }

  on = (name: string, handler: () => void) => {
    this.handlers.set(name, (this.handlers.get(name) ?? new Set()).add(handler));
  };
  once = this.on;
  off = (name: string, handler: () => void) => void this.handlers.get(name)?.delete(handler);
  emit(name: string) {
    for (const handler of [...(this.handlers.get(name) ?? [])]) handler();
  }
  stop = () => {
    this.isStopped = true;
  };
  mute = async () => {
    this.isMuted = true;
  };
  unmute = async () => {
    this.isMuted = false;
  };
}

/** The devices by kind, and the name of getUserMedia's error, if any. */
let plugged: Record<"videoinput" | "audioinput", string[]>;
let refusal: string | null;
let bus: EventTarget;
let permissions: Record<string, EventTarget & { state: string }>;
let stop = () => {};

function opening(kind: "videoinput" | "audioinput") {
  return async () => {
    const device = plugged[kind][0];
    if (refusal) throw new DOMException("", refusal);
    if (!device) throw new DOMException("", "NotFoundError");
    return new Fake(device) as never;
  };
}

const opens = { camera: createLocalVideoTrack as Mock, microphone: createLocalAudioTrack as Mock };
const own = () => microphone.value as unknown as Fake;
const callbacks: { [name in keyof DeviceListener]: Mock<DeviceListener[name]> } = {
  gone: vi.fn(),
  replaced: vi.fn(),
  found: vi.fn(),
  failed: vi.fn(),
};

const settled = () => vi.waitFor(() => openMissing([]));

async function change(kind: keyof typeof plugged, there: string[]) {
  plugged[kind] = there;
  bus.dispatchEvent(new Event("devicechange"));
  await settled();
}

async function unplug(kind: keyof typeof plugged, rest: string[] = []) {
  plugged[kind] = rest;
  const track = kind === "audioinput" ? microphone.value : camera.value;
  (track as unknown as Fake).emit(TrackEvent.Ended);
  bus.dispatchEvent(new Event("devicechange"));
  await settled();
}

beforeEach(() => {
  plugged = { videoinput: ["cam"], audioinput: ["mic"] };
  refusal = null;
  bus = new EventTarget();
  permissions = {};
  for (const name of ["camera", "microphone"])
    permissions[name] = Object.assign(new EventTarget(), { state: "prompt" });
  const enumerateDevices = async () =>
    Object.entries(plugged).flatMap(([kind, ids]) => ids.map((deviceId) => ({ kind, deviceId })));
  vi.stubGlobal("navigator", {
    mediaDevices: Object.assign(bus, { enumerateDevices }),
    permissions: { query: async ({ name }: { name: string }) => permissions[name] },
  });
  vi.stubGlobal("HTMLMediaElement", { prototype: {} });
  vi.stubGlobal("isSecureContext", true);
  opens.camera.mockReset().mockImplementation(opening("videoinput"));
  opens.microphone.mockReset().mockImplementation(opening("audioinput"));
  for (const fn of Object.values(callbacks)) fn.mockReset();
  closeDevices();
});

afterEach(async () => {
  stop();
  await settled();
  vi.unstubAllGlobals();
});

async function preview() {
  stop = openAndWatch();
  await vi.waitFor(() => expect(isOpening.value).toBe(false));
  await settled();
}

async function call() {
  await preview();
  stop();
  stop = watchDeviceChanges(callbacks);
}

describe("in the preview", () => {
  it("both devices are opened, unmuted", async () => {
    await preview();
    expect(chosen.value).toMatchObject({ camera: "cam", microphone: "mic" });
    expect([isCameraOn.value, isMicrophoneOn.value]).toEqual([true, true]);
  });

  it("an open device is not opened again", async () => {
    await preview();
    stop();
    await preview();
    expect(opens.camera).toHaveBeenCalledTimes(1);
  });

  it("a device that is plugged in is opened, unmuted", async () => {
    plugged.audioinput = [];
    await preview();
    expect(microphoneError.value).toBe("missing");
    await change("audioinput", ["mic"]);
    expect(own().isMuted).toBe(false);
    expect(isMicrophoneOn.value).toBe(true);
    expect(chosen.value.microphone).toBe("mic");
  });

  it("an unplugged device is dropped, and another one opened once", async () => {
    await preview();
    const first = own();
    await unplug("audioinput", ["other"]);
    expect(first.isStopped).toBe(true);
    expect(own().device).toBe("other");
    expect(opens.microphone).toHaveBeenCalledTimes(2);
  });

  it("without another device the error is 'missing'", async () => {
    await preview();
    await unplug("videoinput");
    expect(camera.value).toBeNull();
    expect(cameraError.value).toBe("missing");
  });

  it("events in a burst open a device once", async () => {
    plugged.audioinput = [];
    await preview();
    opens.microphone.mockClear();
    plugged.audioinput = ["mic"];
    for (let times = 0; times < 3; times++) bus.dispatchEvent(new Event("devicechange"));
    await settled();
    expect(opens.microphone).toHaveBeenCalledTimes(1);
  });

  it("a denied device is not requested again on a device change", async () => {
    refusal = "NotAllowedError";
    await preview();
    await change("audioinput", ["mic", "other"]);
    expect(opens.microphone).toHaveBeenCalledTimes(1);
  });

  it("a device is opened when its permission is granted, and only that", async () => {
    refusal = "NotAllowedError";
    await preview();
    refusal = null;
    Object.assign(permissions.microphone as object, { state: "granted" });
    permissions.microphone?.dispatchEvent(new Event("change"));
    await settled();
    expect(own().device).toBe("mic");
    expect(opens.camera).toHaveBeenCalledTimes(1);
  });

  it("events are ignored after the end", async () => {
    await preview();
    stop();
    await unplug("audioinput", ["other"]);
    expect(opens.microphone).toHaveBeenCalledTimes(1);
  });
});

describe("choosing", () => {
  it("keeps the track", async () => {
    await preview();
    const track = own();
    await choose("microphone", "other");
    expect(track.setDeviceId).toHaveBeenCalledWith({ exact: "other" });
    expect(own()).toBe(track);
    expect(chosen.value.microphone).toBe("other");
  });

  it("is an exact constraint while that device is present, and ideal afterwards", async () => {
    plugged.audioinput = ["mic", "other"];
    await preview();
    await choose("microphone", "other");
    await toggleMicrophone();
    await change("audioinput", ["mic", "other", "third"]);
    expect(own().constraints.deviceId).toEqual({ exact: "other" });
    await change("audioinput", ["mic"]);
    expect(own().constraints.deviceId).toBe("other");
  });

  it("a device that does not work drops the track", async () => {
    await preview();
    own().setDeviceId.mockRejectedValue(new DOMException("", "NotReadableError"));
    await choose("microphone", "other");
    expect(microphone.value).toBeNull();
    expect(microphoneError.value).toBe("busy");
  });

  it("opens that one where none was open, and not the other", async () => {
    refusal = "NotReadableError";
    await preview();
    refusal = null;
    await choose("microphone", "mic");
    expect(own().device).toBe("mic");
    expect(camera.value).toBeNull();
  });

  it("a speaker opens nothing", async () => {
    await preview();
    await choose("speaker", "loud");
    expect(chosen.value.speaker).toBe("loud");
    expect(opens.microphone).toHaveBeenCalledTimes(1);
  });
});

describe("in the call", () => {
  it("nothing is opened by joining", async () => {
    refusal = "NotReadableError";
    await preview();
    stop();
    refusal = null;
    stop = watchDeviceChanges(callbacks);
    await settled();
    expect(microphone.value).toBeNull();
    expect(callbacks.found).not.toHaveBeenCalled();
  });

  it("unplugging the only microphone is reported", async () => {
    await call();
    await unplug("audioinput");
    expect(callbacks.gone.mock.calls).toEqual([["microphone"]]);
    expect(isMicrophoneOn.value).toBe(false);
  });

  it("a replacement is unmuted as the device before", async () => {
    await call();
    await unplug("audioinput", ["other"]);
    expect(callbacks.replaced.mock.calls).toEqual([["microphone", "other"]]);
    expect(callbacks.gone).not.toHaveBeenCalled();
    expect(isMicrophoneOn.value).toBe(true);
    expect(own().isMuted).toBe(false);
  });

  it("a replacement of a muted device is muted", async () => {
    await call();
    await toggleMicrophone();
    await unplug("audioinput", ["other"]);
    expect(callbacks.replaced.mock.calls).toEqual([["microphone", "other"]]);
    expect(isMicrophoneOn.value).toBe(false);
    expect(own().isMuted).toBe(true);
  });

  it("LiveKit's client does not reopen a dropped track", async () => {
    await call();
    const track = own();
    await unplug("audioinput");
    expect(track.isMuted).toBe(true); // its condition
  });

  it("a first device that is plugged in is opened, but muted", async () => {
    plugged.videoinput = [];
    await call();
    await change("videoinput", ["cam"]);
    expect(callbacks.found.mock.calls).toEqual([["camera"]]);
    expect(isCameraOn.value).toBe(false);
    expect((camera.value as unknown as Fake).isMuted).toBe(true);
  });

  it("a device is muted before it can be published", async () => {
    plugged.audioinput = [];
    await call();
    let wasMuted: boolean | undefined;
    const seen = microphone.subscribe((track) => {
      wasMuted = track?.isMuted;
    });
    await change("audioinput", ["mic"]);
    seen();
    expect(wasMuted).toBe(true);
    expect(microphoneError.value).toBeNull();
  });

  it("a device that still cannot be opened has an error", async () => {
    plugged.audioinput = [];
    await call();
    refusal = "NotReadableError";
    await change("audioinput", ["mic"]);
    expect(microphoneError.value).toBe("busy");
    expect(callbacks.found).not.toHaveBeenCalled();
  });

  it("a device that another program opened meanwhile is reported", async () => {
    await call();
    await toggleMicrophone();
    own().unmute = async () => {
      throw new DOMException("", "NotReadableError");
    };
    await toggleMicrophone();
    expect(callbacks.failed.mock.calls).toEqual([["microphone", "busy"]]);
    expect(callbacks.gone).not.toHaveBeenCalled();
  });

  it("an unplugged device is not reported as failed", async () => {
    await call();
    await unplug("audioinput");
    refusal = "NotReadableError";
    await change("audioinput", ["mic"]);
    expect(callbacks.failed).not.toHaveBeenCalled();
  });

  it("an error from before the call is not reported again", async () => {
    refusal = "NotReadableError";
    await call();
    await openMissing();
    expect(callbacks.failed).not.toHaveBeenCalled();
  });

  it("a device that comes back late is muted", async () => {
    await call();
    await unplug("audioinput");
    vi.spyOn(Date, "now").mockReturnValue(Date.now() + 60_000);
    await change("audioinput", ["mic"]);
    vi.restoreAllMocks();
    expect(callbacks.found.mock.calls).toEqual([["microphone"]]);
    expect(isMicrophoneOn.value).toBe(false);
  });

  it("a second device that is plugged in changes nothing", async () => {
    await call();
    const track = own();
    await change("audioinput", ["mic", "other"]);
    expect(own()).toBe(track);
    expect(callbacks.found).not.toHaveBeenCalled();
  });

  it("a denied device remains denied until the person tries again", async () => {
    refusal = "NotAllowedError";
    await call();
    await change("audioinput", ["mic", "other"]);
    expect(opens.microphone).toHaveBeenCalledTimes(1);
    refusal = null;
    await openMissing();
    expect(own().isMuted).toBe(true);
    expect(isMicrophoneOn.value).toBe(false);
  });

  it("a device that the browser opens after the end is closed again", async () => {
    plugged.audioinput = [];
    await call();
    let answer = (_: Fake) => {};
    opens.microphone.mockReturnValue(
      new Promise((resolve) => {
        answer = resolve as typeof answer;
      }),
    );
    plugged.audioinput = ["mic"];
    bus.dispatchEvent(new Event("devicechange"));
    await vi.waitFor(() => expect(opens.microphone).toHaveBeenCalledTimes(2));
    stop();
    const late = new Fake("mic");
    answer(late);
    await settled();
    expect(late.isStopped).toBe(true);
    expect(microphone.value).toBeNull();
  });

  it("a restarted track updates the chosen device", async () => {
    await call();
    own().device = "other";
    own().emit(TrackEvent.Restarted);
    await settled();
    expect(chosen.value.microphone).toBe("other");
  });
});
