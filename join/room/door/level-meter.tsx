/** How loud the microphone hears its person. */

import { createAudioAnalyser, type LocalAudioTrack } from "livekit-client";
import { useEffect, useRef } from "preact/hooks";
import { say } from "../words";
import { SAMPLES, sample } from "./audio-level";

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

/** Tell the level about ten times a second; ends by the returned function. */
function measure(track: LocalAudioTrack, tell: (level: number) => void): () => void {
  const { analyser, cleanup } = createAudioAnalyser(track, { cloneTrack: true, fftSize: SAMPLES });
  const stop = sample(analyser, tell);
  return () => {
    stop();
    void cleanup();
  };
}
