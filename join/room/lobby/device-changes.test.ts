import { createLocalAudioTrack, createLocalVideoTrack, TrackEvent } from "livekit-client";
import { afterEach, beforeEach, describe, expect, it, type Mock, vi } from "vitest";
import { stopTalking, talk } from "../call/push-to-talk";
import {
  CAMERA,
  camera,
  cameraError,
  closeDevices,
  handleTrackMuted,
  isCameraOn,
  isMicrophoneOn,
  isOpening,
  MICROPHONE,
  microphone,
  microphoneError,
  toggleCamera,
  toggleMicrophone,
} from "../devices";
import {
  choose,
  type DeviceListener,
  openAndWatch,
  openMissing,
  refusedKind,
  watchDeviceChanges,
} from "./device-changes";
import { chosen, exactId } from "./device-list";
import { PATIENCE, stopWaiting } from "./patience";

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

  constructor(public device: string) {
    this.mediaStreamTrack.label = device;
  }

  readonly mediaStreamTrack = {
    readyState: "live",
    stop: () => {},
    getSettings: () => ({ deviceId: this.device }),
    label: "",
  };
  readonly restarted = vi.fn();
  restartTrack = async () => this.restarted();

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
  return async ({ deviceId }: { deviceId?: ConstrainDOMString } = {}) => {
    const wanted = exactId(deviceId);
    const device = wanted ? plugged[kind].find((one) => one === wanted) : plugged[kind][0];
    if (refusal) throw new DOMException("", refusal);
    if (!device) throw new DOMException("", "NotFoundError");
    return new Fake(device) as never;
  };
}

const opens = { camera: createLocalVideoTrack as Mock, microphone: createLocalAudioTrack as Mock };
const own = (kind: "camera" | "microphone" = "microphone") =>
  (kind === "camera" ? camera.value : microphone.value) as unknown as Fake;

/** From now on the browser does not answer, until the returned function is called. */
function unanswered(kind: keyof typeof opens): (track: Fake) => void {
  let answer = (_: Fake) => {};
  const promise = new Promise<Fake>((resolve) => {
    answer = resolve;
  });
  opens[kind].mockReturnValue(promise);
  return answer;
}

class Speaker {
  static fails = false;
  async setSinkId() {
    if (Speaker.fails) throw new DOMException("", "NotFoundError");
  }
}
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
  for (const device of [CAMERA, MICROPHONE]) {
    device.startsOn = true;
    device.error.value = null;
  }
  isOpening.value = true;
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
  beforeEach(() => {
    plugged.audioinput = ["mic", "other"];
    plugged.videoinput = ["cam", "other"];
    vi.stubGlobal("Audio", Speaker);
    Speaker.fails = false;
  });

  it("opens the other one, and then stops the one before", async () => {
    await preview();
    const before = own();
    let wasStopped: boolean | undefined;
    const seen = microphone.subscribe(() => {
      wasStopped = before.isStopped;
    });
    await choose("microphone", "other");
    seen();
    expect(wasStopped).toBe(false);
    expect(before.isStopped).toBe(true);
    expect([own().device, isMicrophoneOn.value]).toEqual(["other", true]);
    expect([chosen.value.microphone, refusedKind.value]).toEqual(["other", null]);
  });

  it("keeps the microphone muted", async () => {
    await preview();
    await toggleMicrophone();
    await choose("microphone", "other");
    expect([own().device, own().isMuted, isMicrophoneOn.value]).toEqual(["other", true, false]);
  });

  it("opens no camera that is switched off", async () => {
    await preview();
    await toggleCamera();
    await choose("camera", "other");
    expect(opens.camera).toHaveBeenCalledTimes(1);
    expect(own("camera").setDeviceId).toHaveBeenCalledWith({ exact: "other" });
    expect(chosen.value.camera).toBe("other");
  });

  it.each(["camera", "microphone"] as const)("a busy %s keeps the one in use", async (kind) => {
    await preview();
    const before = own(kind);
    opens[kind].mockRejectedValue(new DOMException("", "NotReadableError"));
    await choose(kind, "other");
    expect(own(kind)).toBe(before);
    expect(before.isStopped).toBe(false);
    expect(chosen.value[kind]).toBe(before.device);
    expect([refusedKind.value, cameraError.value, microphoneError.value]).toEqual([
      kind,
      null,
      null,
    ]);
  });

  it("one that never answers keeps the one in use, also when it answers later", async () => {
    await preview();
    const before = own();
    const answer = unanswered("microphone");
    vi.useFakeTimers();
    const choice = choose("microphone", "other");
    await vi.advanceTimersByTimeAsync(PATIENCE);
    await choice;
    vi.useRealTimers();
    expect(refusedKind.value).toBe("microphone");
    const late = new Fake("other");
    answer(late);
    await vi.waitFor(() => expect(late.isStopped).toBe(true));
    expect(own()).toBe(before);
  });

  it("on a phone, which opens one camera at a time, releases the one in use first", async () => {
    await preview();
    Object.assign(navigator, { userAgent: "Android" });
    opens.camera.mockRejectedValue(new DOMException("", "NotReadableError"));
    await choose("camera", "other");
    expect(own("camera").device).toBe("other");
    expect([chosen.value.camera, refusedKind.value]).toEqual(["other", null]);
  });

  it("on a phone opens the one before again when that fails", async () => {
    await preview();
    Object.assign(navigator, { userAgent: "Android" });
    opens.camera.mockRejectedValue(new DOMException("", "NotReadableError"));
    own("camera").setDeviceId.mockRejectedValueOnce(new DOMException("", "NotReadableError"));
    await choose("camera", "other");
    expect(own("camera").device).toBe("cam");
    expect([chosen.value.camera, refusedKind.value]).toEqual(["cam", "camera"]);
  });

  it("is an exact constraint while that device is present, and ideal afterwards", async () => {
    await preview();
    await choose("microphone", "other");
    own().constraints.deviceId = { exact: "other" };
    await toggleMicrophone();
    await change("audioinput", ["mic", "other", "third"]);
    expect(own().constraints.deviceId).toEqual({ exact: "other" });
    await change("audioinput", ["mic"]);
    expect(own().constraints.deviceId).toBe("other");
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

  it("a speaker that does not work keeps the one in use", async () => {
    await preview();
    await choose("speaker", "loud");
    Speaker.fails = true;
    await choose("speaker", "gone");
    expect([chosen.value.speaker, refusedKind.value]).toEqual(["loud", "speaker"]);
  });
});

describe("a device that does not answer", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it("is waited for, but not for ever", async () => {
    unanswered("camera");
    stop = openAndWatch();
    await vi.advanceTimersByTimeAsync(PATIENCE - 1);
    expect(isOpening.value).toBe(true);
    expect(microphone.value).not.toBeNull();
    await vi.advanceTimersByTimeAsync(1);
    expect(isOpening.value).toBe(false);
    expect([cameraError.value, microphoneError.value]).toEqual(["unanswered", null]);
  });

  it("is not waited for any longer when the person goes on", async () => {
    unanswered("camera");
    unanswered("microphone");
    stop = openAndWatch();
    await vi.advanceTimersByTimeAsync(100);
    stopWaiting();
    await vi.advanceTimersByTimeAsync(0);
    expect(isOpening.value).toBe(false);
    expect([cameraError.value, microphoneError.value]).toEqual(["unanswered", "unanswered"]);
  });

  it("is used when it answers later", async () => {
    const answer = unanswered("microphone");
    stop = openAndWatch();
    await vi.advanceTimersByTimeAsync(PATIENCE);
    answer(new Fake("mic"));
    await vi.advanceTimersByTimeAsync(0);
    expect([own().device, isMicrophoneOn.value]).toEqual(["mic", true]);
    expect(microphoneError.value).toBeNull();
  });

  it("is muted, and said to be there, when it answers in the call", async () => {
    const answer = unanswered("microphone");
    stop = openAndWatch();
    stopWaiting();
    await vi.advanceTimersByTimeAsync(0);
    stop();
    stop = watchDeviceChanges(callbacks);
    answer(new Fake("mic"));
    await vi.advanceTimersByTimeAsync(0);
    expect([own().isMuted, isMicrophoneOn.value]).toEqual([true, false]);
    expect(callbacks.found.mock.calls).toEqual([["microphone"]]);
  });

  it("is closed when another attempt was faster", async () => {
    const answer = unanswered("microphone");
    stop = openAndWatch();
    await vi.advanceTimersByTimeAsync(PATIENCE);
    opens.microphone.mockImplementation(opening("audioinput"));
    void openMissing();
    await vi.advanceTimersByTimeAsync(PATIENCE);
    const faster = own();
    const late = new Fake("mic");
    answer(late);
    await vi.advanceTimersByTimeAsync(0);
    expect(own()).toBe(faster);
    expect([faster.isStopped, late.isStopped]).toEqual([false, true]);
  });

  it("does not keep others from being opened", async () => {
    unanswered("camera");
    plugged.audioinput = [];
    stop = openAndWatch();
    await vi.advanceTimersByTimeAsync(PATIENCE);
    plugged.audioinput = ["mic"];
    bus.dispatchEvent(new Event("devicechange"));
    await vi.advanceTimersByTimeAsync(PATIENCE);
    expect(own().device).toBe("mic");
  });
});

describe("what LiveKit's client restarts when it reconnects", () => {
  it.each([
    ["left alone while it works", "live", false, 0],
    ["restarted when its device has stopped", "ended", false, 1],
    ["restarted when its device gives nothing", "live", true, 1],
  ])("is %s", async (_, readyState, muted, times) => {
    await preview();
    Object.assign(own().mediaStreamTrack, { readyState, muted });
    await own().restartTrack();
    expect(own().restarted).toHaveBeenCalledTimes(times);
  });
});

describe("what was switched off", () => {
  it("is off when it is opened again", async () => {
    await preview();
    await toggleMicrophone();
    await toggleCamera();
    stop();
    closeDevices();
    await preview();
    expect([isCameraOn.value, isMicrophoneOn.value]).toEqual([false, false]);
    expect([own().isMuted, own("camera").isMuted]).toEqual([true, true]);
    await toggleMicrophone();
    stop();
    closeDevices();
    await preview();
    expect([isCameraOn.value, isMicrophoneOn.value]).toEqual([false, true]);
  });

  it("by a host too", async () => {
    await preview();
    handleTrackMuted("microphone" as never);
    stop();
    closeDevices();
    await preview();
    expect([isMicrophoneOn.value, own().isMuted]).toEqual([false, true]);
  });

  it("and is held open only by a key, is replaced muted", async () => {
    await call();
    await toggleMicrophone();
    talk();
    await unplug("audioinput", ["other"]);
    expect([own().device, own().isMuted, isMicrophoneOn.value]).toEqual(["other", true, false]);
    stopTalking();
    expect(isMicrophoneOn.value).toBe(false);
  });
});

describe("in the call", () => {
  it("is reported to the call also when the preview ends after the call began", async () => {
    await preview();
    const stopPreview = stop;
    stop = watchDeviceChanges(callbacks);
    stopPreview();
    await unplug("videoinput");
    expect(callbacks.gone.mock.calls).toEqual([["camera"]]);
  });

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
    vi.spyOn(performance, "now").mockReturnValue(performance.now() + 60_000);
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
