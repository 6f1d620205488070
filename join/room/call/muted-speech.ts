/** Whoever speaks while muted is told so. What they say stays in the page. */

import { effect } from "@preact/signals";
import { isMicrophoneOn, microphone } from "../devices";
import { SAMPLES, sample } from "../door/audio-level";
import { say } from "../words";
import { tell } from "./announcer";
import { shortcutFor } from "./shortcuts";

/** Of `levelOf`: -30 dB, which speech reaches, and a fan or a keyboard seldom. */
const LOUD = 0.5;
/** Milliseconds that are looked at, and how much of them is loud when somebody speaks. */
const WINDOW = 1_000;
const MOST = 0.6;
/** Milliseconds after which it may be said again, and in which a sentence may be finished after muting. */
const PAUSE = 30_000;
const GRACE = 2_000;

/** Tells speech from noise, level by level. */
export class Ear {
  private heard: { at: number; isLoud: boolean }[] = [];

  constructor(private readonly since: number) {}

  /** Whether `level`, 0 to 1, at `now`, in milliseconds, makes it a second of speech. */
  hears(level: number, now: number): boolean {
    this.heard = this.heard.filter(({ at }) => now - at < WINDOW);
    this.heard.push({ at: now, isLoud: level >= LOUD });
    if (now - this.since < GRACE + WINDOW) return false;
    const loud = this.heard.filter(({ isLoud }) => isLoud).length;
    return this.spans(now) && loud >= this.heard.length * MOST;
  }

  /** A page in the background measures once a second: of that nothing follows. */
  private spans(now: number): boolean {
    return this.heard.length >= 5 && now - (this.heard[0]?.at ?? now) > WINDOW * 0.7;
  }
}

/** Listen while the microphone is muted, until the returned function is called. */
export function watchMutedSpeech(): () => void {
  let toldAt = Number.NEGATIVE_INFINITY;
  return effect(() => {
    const track = microphone.value;
    if (!track || isMicrophoneOn.value) return;
    const ear = new Ear(Date.now());
    return listen(track.mediaStreamTrack, (level) => {
      const now = Date.now();
      if (!ear.hears(level, now) || now - toldAt < PAUSE) return;
      toldAt = now;
      tell(warning());
    });
  });
}

function warning(): string {
  const key = matchMedia("(any-hover: hover)").matches && shortcutFor("microphone");
  return key ? say("mutedSpeechKey", { key }) : say("mutedSpeech");
}

/** The level of a track that is muted: a copy of it is not. Where browsers let us hear nothing, nothing is told. */
function listen(muted: MediaStreamTrack, tell: (level: number) => void): () => void {
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
    begun.push(sample(analyser, tell));
  } catch {
    end();
  }
  return end;
}
