import { createLocalAudioTrack, createLocalVideoTrack, TrackEvent } from "livekit-client";
import { afterEach, beforeEach, describe, expect, it, type Mock, vi } from "vitest";
import {
  camera,
  cameraTrouble,
  closeDevices,
  isCameraOn,
  isMicrophoneOn,
  isOpening,
  microphone,
  microphoneTrouble,
  toggleMicrophone,
} from "../devices";
import { attend, choose, type Listener, openMissing, watch } from "./device-changes";
import { chosen } from "./device-list";

vi.mock("livekit-client", async (original) => ({
  ...(await original<typeof import("livekit-client")>()),
  createLocalVideoTrack: vi.fn(),
  createLocalAudioTrack: vi.fn(),
}));

/** A track of LiveKit's, as far as ours goes. */
class Fake {
  isMuted = false;
  isStopped = false;
  readonly constraints: MediaTrackConstraints = {};
  readonly setDeviceId = vi.fn(async (id: { exact: string }) => {
    this.constraints.deviceId = id;
    this.device = id.exact;
    this.emit(TrackEvent.Restarted);
  });
  private heeding = new Map<string, Set<() => void>>();

  constructor(public device: string) {}

  get mediaStreamTrack() {
    return { label: this.device, getSettings: () => ({ deviceId: this.device }) };
  }

  on = (name: string, heed: () => void) => {
    this.heeding.set(name, (this.heeding.get(name) ?? new Set()).add(heed));
  };
  once = this.on;
  off = (name: string, heed: () => void) => void this.heeding.get(name)?.delete(heed);
  emit(name: string) {
    for (const heed of [...(this.heeding.get(name) ?? [])]) heed();
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

/** What is plugged in, by kind; and what the browser says when one is opened that is. */
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
const told: { [name in keyof Listener]: Mock<Listener[name]> } = {
  gone: vi.fn(),
  replaced: vi.fn(),
  found: vi.fn(),
  failed: vi.fn(),
};

/** Everything that was begun is done. */
const settled = () => vi.waitFor(() => openMissing([]));

async function change(kind: keyof typeof plugged, there: string[]) {
  plugged[kind] = there;
  bus.dispatchEvent(new Event("devicechange"));
  await settled();
}

async function pullOut(kind: keyof typeof plugged, rest: string[] = []) {
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
  for (const fn of Object.values(told)) fn.mockReset();
  closeDevices();
});

afterEach(async () => {
  stop();
  await settled();
  vi.unstubAllGlobals();
});

async function preview() {
  stop = watch();
  await vi.waitFor(() => expect(isOpening.value).toBe(false));
  await settled();
}

async function call() {
  await preview();
  stop();
  stop = attend(told);
}

describe("in the preview", () => {
  it("both are opened, and on", async () => {
    await preview();
    expect(chosen.value).toMatchObject({ camera: "cam", microphone: "mic" });
    expect([isCameraOn.value, isMicrophoneOn.value]).toEqual([true, true]);
  });

  it("what is open already is not opened again", async () => {
    await preview();
    stop();
    await preview();
    expect(opens.camera).toHaveBeenCalledTimes(1);
  });

  it("what is plugged in is opened, and on", async () => {
    plugged.audioinput = [];
    await preview();
    expect(microphoneTrouble.value).toBe("missing");
    await change("audioinput", ["mic"]);
    expect(own().isMuted).toBe(false);
    expect(isMicrophoneOn.value).toBe(true);
    expect(chosen.value.microphone).toBe("mic");
  });

  it("what is pulled out is given up, and another one opened once", async () => {
    await preview();
    const first = own();
    await pullOut("audioinput", ["other"]);
    expect(first.isStopped).toBe(true);
    expect(own().device).toBe("other");
    expect(opens.microphone).toHaveBeenCalledTimes(2);
  });

  it("the last one that is pulled out is missing", async () => {
    await preview();
    await pullOut("videoinput");
    expect(camera.value).toBeNull();
    expect(cameraTrouble.value).toBe("missing");
  });

  it("news that come together open a device once", async () => {
    plugged.audioinput = [];
    await preview();
    opens.microphone.mockClear();
    plugged.audioinput = ["mic"];
    for (let times = 0; times < 3; times++) bus.dispatchEvent(new Event("devicechange"));
    await settled();
    expect(opens.microphone).toHaveBeenCalledTimes(1);
  });

  it("what was denied is not asked for again because something was plugged in", async () => {
    refusal = "NotAllowedError";
    await preview();
    await change("audioinput", ["mic", "other"]);
    expect(opens.microphone).toHaveBeenCalledTimes(1);
  });

  it("what is allowed now is opened, and only that", async () => {
    refusal = "NotAllowedError";
    await preview();
    refusal = null;
    Object.assign(permissions.microphone as object, { state: "granted" });
    permissions.microphone?.dispatchEvent(new Event("change"));
    await settled();
    expect(own().device).toBe("mic");
    expect(opens.camera).toHaveBeenCalledTimes(1);
  });

  it("nothing is heeded any more when it is over", async () => {
    await preview();
    stop();
    await pullOut("audioinput", ["other"]);
    expect(opens.microphone).toHaveBeenCalledTimes(1);
  });
});

describe("choosing", () => {
  it("goes on with the same track", async () => {
    await preview();
    const track = own();
    await choose("microphone", "other");
    expect(track.setDeviceId).toHaveBeenCalledWith({ exact: "other" });
    expect(own()).toBe(track);
    expect(chosen.value.microphone).toBe("other");
  });

  it("holds while that device is there; when it is gone, another one will do", async () => {
    plugged.audioinput = ["mic", "other"];
    await preview();
    await choose("microphone", "other");
    await toggleMicrophone();
    await change("audioinput", ["mic", "other", "third"]);
    expect(own().constraints.deviceId).toEqual({ exact: "other" });
    await change("audioinput", ["mic"]);
    expect(own().constraints.deviceId).toBe("other");
  });

  it("what does not work gives it up", async () => {
    await preview();
    own().setDeviceId.mockRejectedValue(new DOMException("", "NotReadableError"));
    await choose("microphone", "other");
    expect(microphone.value).toBeNull();
    expect(microphoneTrouble.value).toBe("busy");
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
  it("nothing is opened by coming in", async () => {
    refusal = "NotReadableError";
    await preview();
    stop();
    refusal = null;
    stop = attend(told);
    await settled();
    expect(microphone.value).toBeNull();
    expect(told.found).not.toHaveBeenCalled();
  });

  it("a microphone that is pulled out is told, where it was the only one", async () => {
    await call();
    await pullOut("audioinput");
    expect(told.gone.mock.calls).toEqual([["microphone"]]);
    expect(isMicrophoneOn.value).toBe(false);
  });

  it("another one takes its place, and is on as it was", async () => {
    await call();
    await pullOut("audioinput", ["other"]);
    expect(told.replaced.mock.calls).toEqual([["microphone", "other"]]);
    expect(told.gone).not.toHaveBeenCalled();
    expect(isMicrophoneOn.value).toBe(true);
    expect(own().isMuted).toBe(false);
  });

  it("another one takes the place of one that was muted, and is muted", async () => {
    await call();
    await toggleMicrophone();
    await pullOut("audioinput", ["other"]);
    expect(told.replaced.mock.calls).toEqual([["microphone", "other"]]);
    expect(isMicrophoneOn.value).toBe(false);
    expect(own().isMuted).toBe(true);
  });

  it("LiveKit's client does not open one for a track that was given up", async () => {
    await call();
    const track = own();
    await pullOut("audioinput");
    expect(track.isMuted).toBe(true); // that is what it goes by
  });

  it("what is plugged in where there was none is opened, but off", async () => {
    plugged.videoinput = [];
    await call();
    await change("videoinput", ["cam"]);
    expect(told.found.mock.calls).toEqual([["camera"]]);
    expect(isCameraOn.value).toBe(false);
    expect((camera.value as unknown as Fake).isMuted).toBe(true);
  });

  it("what is opened is off before it can be sent", async () => {
    plugged.audioinput = [];
    await call();
    let wasMuted: boolean | undefined;
    const seen = microphone.subscribe((track) => {
      wasMuted = track?.isMuted;
    });
    await change("audioinput", ["mic"]);
    seen();
    expect(wasMuted).toBe(true);
    expect(microphoneTrouble.value).toBeNull();
  });

  it("what still cannot be opened says why", async () => {
    plugged.audioinput = [];
    await call();
    refusal = "NotReadableError";
    await change("audioinput", ["mic"]);
    expect(microphoneTrouble.value).toBe("busy");
    expect(told.found).not.toHaveBeenCalled();
  });

  it("what another program has taken while it was off is told", async () => {
    await call();
    await toggleMicrophone();
    own().unmute = async () => {
      throw new DOMException("", "NotReadableError");
    };
    await toggleMicrophone();
    expect(told.failed.mock.calls).toEqual([["microphone", "busy"]]);
    expect(told.gone).not.toHaveBeenCalled();
  });

  it("what is pulled out did not fail", async () => {
    await call();
    await pullOut("audioinput");
    refusal = "NotReadableError";
    await change("audioinput", ["mic"]);
    expect(told.failed).not.toHaveBeenCalled();
  });

  it("what did not work before the call is not told again in it", async () => {
    refusal = "NotReadableError";
    await call();
    await openMissing();
    expect(told.failed).not.toHaveBeenCalled();
  });

  it("what comes back late is off, whatever it was", async () => {
    await call();
    await pullOut("audioinput");
    vi.spyOn(Date, "now").mockReturnValue(Date.now() + 60_000);
    await change("audioinput", ["mic"]);
    vi.restoreAllMocks();
    expect(told.found.mock.calls).toEqual([["microphone"]]);
    expect(isMicrophoneOn.value).toBe(false);
  });

  it("what is plugged in beside one that works changes nothing", async () => {
    await call();
    const track = own();
    await change("audioinput", ["mic", "other"]);
    expect(own()).toBe(track);
    expect(told.found).not.toHaveBeenCalled();
  });

  it("what was denied stays so, until the person asks", async () => {
    refusal = "NotAllowedError";
    await call();
    await change("audioinput", ["mic", "other"]);
    expect(opens.microphone).toHaveBeenCalledTimes(1);
    refusal = null;
    await openMissing();
    expect(own().isMuted).toBe(true);
    expect(isMicrophoneOn.value).toBe(false);
  });

  it("what the browser opens after it is over is closed again", async () => {
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

  it("a track that went on with another device shows which", async () => {
    await call();
    own().device = "other";
    own().emit(TrackEvent.Restarted);
    await settled();
    expect(chosen.value.microphone).toBe("other");
  });
});
