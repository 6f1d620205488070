/** Notifies a person who speaks while muted. The audio never leaves the page. */

import { effect } from "@preact/signals";
import { isMicrophoneOn, microphone } from "../devices";
import { SAMPLES, sampleLevel } from "../lobby/audio-level";
import { t } from "../words";
import { notify } from "./announcer";
import { shortcutFor } from "./shortcuts";

/** A level as from `levelOf`: -30 dB, which speech reaches, and a fan or a keyboard seldom. */
const LOUD = 0.5;
/** Milliseconds of the sliding window, and the share of loud samples that makes it speech. */
const WINDOW = 1_000;
const LOUD_SHARE = 0.6;
/** Milliseconds until the next notification, and in which a sentence may be finished after muting. */
const PAUSE = 30_000;
const GRACE = 2_000;

/** Distinguishes speech from noise, sample by sample. */
export class SpeechDetector {
  private samples: { at: number; isLoud: boolean }[] = [];

  constructor(private readonly since: number) {}

  /** Whether `level`, 0 to 1, at `now`, in milliseconds, completes a second of speech. */
  detects(level: number, now: number): boolean {
    this.samples = this.samples.filter(({ at }) => now - at < WINDOW);
    this.samples.push({ at: now, isLoud: level >= LOUD });
    if (now - this.since < GRACE + WINDOW) return false;
    const loud = this.samples.filter(({ isLoud }) => isLoud).length;
    return this.spans(now) && loud >= this.samples.length * LOUD_SHARE;
  }

  /** False for background pages: their timers are throttled to one sample a second. */
  private spans(now: number): boolean {
    return this.samples.length >= 5 && now - (this.samples[0]?.at ?? now) > WINDOW * 0.7;
  }
}

/** Listen while the microphone is muted, until the returned function is called. */
export function watchMutedSpeech(): () => void {
  let notifiedAt = Number.NEGATIVE_INFINITY;
  return effect(() => {
    const track = microphone.value;
    if (!track || isMicrophoneOn.value) return;
    const detector = new SpeechDetector(performance.now());
    return listen(track.mediaStreamTrack, (level) => {
      const now = performance.now();
      if (!detector.detects(level, now) || now - notifiedAt < PAUSE) return;
      notifiedAt = now;
      notify(warning());
    });
  });
}

function warning(): string {
  const key = matchMedia("(any-hover: hover)").matches && shortcutFor("microphone");
  return key ? t("mutedSpeechKey", { key }) : t("mutedSpeech");
}

/** Measures a clone, because a muted track is silent. Does nothing where the browser has no Web Audio. */
function listen(muted: MediaStreamTrack, onLevel: (level: number) => void): () => void {
  const begun: (() => void)[] = [];
  const end = () => {
    for (const stop of begun.splice(0)) stop();
  };
  try {
    const copy = muted.clone();
    begun.push(() => copy.stop());
    copy.enabled = true;
    const context = new AudioContext();
    begun.push(() => void context.close().catch(() => {}));
    const analyser = new AnalyserNode(context, { fftSize: SAMPLES });
    context.createMediaStreamSource(new MediaStream([copy])).connect(analyser);
    begun.push(sampleLevel(analyser, onLevel));
  } catch {
    end();
  }
  return end;
}
