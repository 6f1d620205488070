import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { isMicrophoneOn, microphone } from "../devices";
import { tell } from "./announcer";
import { Ear, watchMutedSpeech } from "./muted-speech";
import { setShortcuts } from "./shortcuts";

vi.mock("./announcer", () => ({ tell: vi.fn() }));

const SPEECH = 0.7;
const NOISE = 0.3;
const STEP = 90;

/** Whether an ear that listens since 0 hears speech at the end of these levels, which begin at `from`. */
function hears(levels: number[], from = 10_000, step = STEP): boolean {
  const ear = new Ear(0);
  return levels.map((level, number) => ear.hears(level, from + number * step)).at(-1) ?? false;
}

const lasting = (level: number, count = 12) => Array<number>(count).fill(level);

describe("speech", () => {
  it("is a second of loud sound", () => {
    expect(hears(lasting(SPEECH))).toBe(true);
  });

  it("has gaps", () => {
    expect(hears(lasting(0).map((_, number) => (number % 3 ? SPEECH : 0)))).toBe(true);
  });

  it.each([
    ["silence", lasting(0)],
    ["a noise that goes on", lasting(NOISE)],
    ["a cough", [...lasting(0, 9), ...lasting(1, 3)]],
    ["a keyboard", lasting(0).map((_, number) => (number % 3 ? 0 : SPEECH))],
    ["what was said before that second", [...lasting(SPEECH), ...lasting(0, 8)]],
  ])("is not %s", (_, levels) => {
    expect(hears(levels)).toBe(false);
  });

  it("is not known after half a second", () => {
    expect(hears(lasting(1, 6))).toBe(false);
  });

  it("is not known from one look a second, as in a page that is out of sight", () => {
    expect(hears(lasting(1), 10_000, 1_000)).toBe(false);
  });

  it("may be a sentence that is finished just after muting", () => {
    expect(hears(lasting(SPEECH), 500)).toBe(false);
    expect(hears(lasting(SPEECH), 2_500)).toBe(true);
  });
});

// While muted

let level: number;
let copies: Copy[];
let contexts: { close: ReturnType<typeof vi.fn> }[];
let stop: () => void;

class Copy {
  enabled = false;
  stop = vi.fn();
}

class Context {
  close = vi.fn(async () => {});
  createMediaStreamSource = () => ({ connect: () => {} });
  constructor() {
    contexts.push(this);
  }
}

class Analyser {
  fftSize = 1024;
  getFloatTimeDomainData(samples: Float32Array) {
    samples.fill(10 ** (3 * (level - 1)));
  }
}

function track() {
  const clone = () => {
    copies.push(new Copy());
    return copies.at(-1);
  };
  return { mediaStreamTrack: { enabled: false, clone } } as never;
}

function pass(milliseconds: number, loudness: number) {
  level = loudness;
  vi.advanceTimersByTime(milliseconds);
}

beforeEach(() => {
  vi.useFakeTimers();
  copies = [];
  contexts = [];
  vi.stubGlobal("AudioContext", Context);
  vi.stubGlobal("AnalyserNode", Analyser);
  vi.stubGlobal("MediaStream", class {});
  vi.stubGlobal("matchMedia", () => ({ matches: true }));
  vi.mocked(tell).mockReset();
  setShortcuts(true);
  microphone.value = track();
  isMicrophoneOn.value = false;
  stop = watchMutedSpeech();
});

afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("who speaks while muted", () => {
  it("is told so, and how to be heard", () => {
    pass(5_000, SPEECH);
    expect(tell).toHaveBeenCalledTimes(1);
    expect(tell).toHaveBeenCalledWith("mutedSpeechKey");
  });

  it("is listened to by a copy, so that nothing is sent", () => {
    expect(copies.map(({ enabled }) => enabled)).toEqual([true]);
    expect(microphone.value?.mediaStreamTrack.enabled).toBe(false);
  });

  it("is told again after half a minute, not sooner", () => {
    pass(25_000, SPEECH);
    expect(tell).toHaveBeenCalledTimes(1);
    pass(10_000, SPEECH);
    expect(tell).toHaveBeenCalledTimes(2);
  });

  it("is not told sooner for having unmuted in between", () => {
    pass(5_000, SPEECH);
    isMicrophoneOn.value = true;
    isMicrophoneOn.value = false;
    pass(10_000, SPEECH);
    expect(tell).toHaveBeenCalledTimes(1);
  });

  it.each([
    ["without keys", () => setShortcuts(false)],
    ["on a phone", () => vi.stubGlobal("matchMedia", () => ({ matches: false }))],
  ])("is told of no key %s", (_, arrange) => {
    arrange();
    pass(5_000, SPEECH);
    expect(tell).toHaveBeenCalledWith("mutedSpeech");
  });
});

describe("nobody is told", () => {
  it("who is silent", () => {
    pass(60_000, NOISE);
    expect(tell).not.toHaveBeenCalled();
  });

  it("who is heard", () => {
    isMicrophoneOn.value = true;
    pass(60_000, SPEECH);
    expect(tell).not.toHaveBeenCalled();
    expect(copies).toHaveLength(1);
  });

  it("where the browser lets us hear nothing", () => {
    stop();
    vi.stubGlobal("AudioContext", undefined);
    stop = watchMutedSpeech();
    pass(5_000, SPEECH);
    expect(tell).not.toHaveBeenCalled();
    expect(copies.at(-1)?.stop).toHaveBeenCalled();
  });
});

describe("the copy is closed", () => {
  const closed = () => [copies[0]?.stop.mock.calls.length, contexts[0]?.close.mock.calls.length];

  it("when the microphone is on", () => {
    isMicrophoneOn.value = true;
    expect(closed()).toEqual([1, 1]);
  });

  it("when another microphone is used", () => {
    microphone.value = track();
    expect(closed()).toEqual([1, 1]);
    expect(copies).toHaveLength(2);
  });

  it("when the microphone is gone", () => {
    microphone.value = null;
    expect(closed()).toEqual([1, 1]);
  });

  it("when the call is over", () => {
    stop();
    expect(closed()).toEqual([1, 1]);
    pass(5_000, SPEECH);
    expect(tell).not.toHaveBeenCalled();
  });
});
