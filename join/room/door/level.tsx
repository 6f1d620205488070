/** How loud the microphone hears its person. */

import { createAudioAnalyser, type LocalAudioTrack } from "livekit-client";
import { useEffect, useRef } from "preact/hooks";
import { say } from "../words";

interface LevelProps {
  track: LocalAudioTrack;
  /** Another one measures anew: the track goes on with another device. */
  device: string;
}

export function Level({ track, device }: LevelProps) {
  const meter = useRef<HTMLDivElement>(null);
  useEffect(() => measure(track, (level) => show(meter.current, level)), [track, device]);
  return (
    // biome-ignore lint/a11y/useSemanticElements: browsers let a <meter> hardly be styled
    <div
      ref={meter}
      class="level"
      role="meter"
      aria-label={say("level")}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={0}
    >
      <span />
    </div>
  );
}

function show(meter: HTMLElement | null, level: number): void {
  meter?.style.setProperty("--level", level.toFixed(3));
  meter?.setAttribute("aria-valuenow", String(Math.round(level * 100)));
}

/** Tell the level, 0 to 1, about ten times a second; ends by the returned function. */
function measure(track: LocalAudioTrack, tell: (level: number) => void): () => void {
  const { analyser, cleanup } = createAudioAnalyser(track, { cloneTrack: true, fftSize: 1024 });
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    tell(levelOf(samples));
  }, 90);
  return () => {
    clearInterval(timer);
    void cleanup();
  };
}

/** From samples between -1 and 1: silence is 0, -60 dB and less; speech near the microphone is about 0.7. */
export function levelOf(samples: Float32Array): number {
  const square = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  const decibels = 10 * Math.log10(square + 1e-12);
  return Math.min(1, Math.max(0, (decibels + 60) / 60));
}
