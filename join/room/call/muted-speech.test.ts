import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { isMicrophoneOn, microphone } from "../devices";
import { notify } from "./announcer";
import { SpeechDetector, watchMutedSpeech } from "./muted-speech";
import { setShortcuts } from "./shortcuts";

vi.mock("./announcer", () => ({ notify: vi.fn() }));

const SPEECH = 0.7;
const NOISE = 0.3;
const STEP = 90;

/** Whether a detector started at 0 detects speech at the end of these levels, which begin at `from`. */
function detects(levels: number[], from = 10_000, step = STEP): boolean {
  const detector = new SpeechDetector(0);
  return (
    levels.map((level, number) => detector.detects(level, from + number * step)).at(-1) ?? false
  );
}

const lasting = (level: number, count = 12) => Array<number>(count).fill(level);

describe("speech", () => {
  it("is a second of loud sound", () => {
    expect(detects(lasting(SPEECH))).toBe(true);
  });

  it("has gaps", () => {
    expect(detects(lasting(0).map((_, number) => (number % 3 ? SPEECH : 0)))).toBe(true);
  });

  it.each([
    ["silence", lasting(0)],
    ["a noise that goes on", lasting(NOISE)],
    ["a cough", [...lasting(0, 9), ...lasting(1, 3)]],
    ["a keyboard", lasting(0).map((_, number) => (number % 3 ? 0 : SPEECH))],
    ["what was said before that second", [...lasting(SPEECH), ...lasting(0, 8)]],
  ])("is not %s", (_, levels) => {
    expect(detects(levels)).toBe(false);
  });

  it("is not detected after half a second", () => {
    expect(detects(lasting(1, 6))).toBe(false);
  });

  it("is not detected from one sample a second, as in a background page", () => {
    expect(detects(lasting(1), 10_000, 1_000)).toBe(false);
  });

  it("may be a sentence that is finished just after muting", () => {
    expect(detects(lasting(SPEECH), 500)).toBe(false);
    expect(detects(lasting(SPEECH), 2_500)).toBe(true);
  });
});

// While muted

let level: number;
let clones: Clone[];
let contexts: { close: ReturnType<typeof vi.fn> }[];
let stop: () => void;

class Clone {
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
    clones.push(new Clone());
    return clones.at(-1);
  };
  return { mediaStreamTrack: { enabled: false, clone } } as never;
}

function pass(milliseconds: number, loudness: number) {
  level = loudness;
  vi.advanceTimersByTime(milliseconds);
}

beforeEach(() => {
  vi.useFakeTimers();
  clones = [];
  contexts = [];
  vi.stubGlobal("AudioContext", Context);
  vi.stubGlobal("AnalyserNode", Analyser);
  vi.stubGlobal("MediaStream", class {});
  vi.stubGlobal("matchMedia", () => ({ matches: true }));
  vi.mocked(notify).mockReset();
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

describe("a person who speaks while muted", () => {
  it("is notified, with the shortcut to unmute", () => {
    pass(5_000, SPEECH);
    expect(notify).toHaveBeenCalledTimes(1);
    expect(notify).toHaveBeenCalledWith("mutedSpeechKey");
  });

  it("is measured by a clone, so that nothing is sent", () => {
    expect(clones.map(({ enabled }) => enabled)).toEqual([true]);
    expect(microphone.value?.mediaStreamTrack.enabled).toBe(false);
  });

  it("is notified again after half a minute, not sooner", () => {
    pass(25_000, SPEECH);
    expect(notify).toHaveBeenCalledTimes(1);
    pass(10_000, SPEECH);
    expect(notify).toHaveBeenCalledTimes(2);
  });

  it("is not notified sooner after unmuting in between", () => {
    pass(5_000, SPEECH);
    isMicrophoneOn.value = true;
    isMicrophoneOn.value = false;
    pass(10_000, SPEECH);
    expect(notify).toHaveBeenCalledTimes(1);
  });

  it.each([
    ["when shortcuts are off", () => setShortcuts(false)],
    ["on a phone", () => vi.stubGlobal("matchMedia", () => ({ matches: false }))],
  ])("is notified without the shortcut %s", (_, arrange) => {
    arrange();
    pass(5_000, SPEECH);
    expect(notify).toHaveBeenCalledWith("mutedSpeech");
  });
});

describe("no notification", () => {
  it("for silence", () => {
    pass(60_000, NOISE);
    expect(notify).not.toHaveBeenCalled();
  });

  it("while unmuted", () => {
    isMicrophoneOn.value = true;
    pass(60_000, SPEECH);
    expect(notify).not.toHaveBeenCalled();
    expect(clones).toHaveLength(1);
  });

  it("where the browser has no Web Audio", () => {
    stop();
    vi.stubGlobal("AudioContext", undefined);
    stop = watchMutedSpeech();
    pass(5_000, SPEECH);
    expect(notify).not.toHaveBeenCalled();
    expect(clones.at(-1)?.stop).toHaveBeenCalled();
  });
});

describe("the clone is stopped", () => {
  const closed = () => [clones[0]?.stop.mock.calls.length, contexts[0]?.close.mock.calls.length];

  it("when the microphone is on", () => {
    isMicrophoneOn.value = true;
    expect(closed()).toEqual([1, 1]);
  });

  it("when another microphone is used", () => {
    microphone.value = track();
    expect(closed()).toEqual([1, 1]);
    expect(clones).toHaveLength(2);
  });

  it("when the microphone is gone", () => {
    microphone.value = null;
    expect(closed()).toEqual([1, 1]);
  });

  it("when the call is over", () => {
    stop();
    expect(closed()).toEqual([1, 1]);
    pass(5_000, SPEECH);
    expect(notify).not.toHaveBeenCalled();
  });
});
