/** The microphone's input level. */

import { createAudioAnalyser, type LocalAudioTrack } from "livekit-client";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../words";
import { SAMPLES, sampleLevel } from "./audio-level";

interface LevelMeterProps {
  track: LocalAudioTrack;
  /** Restarts the measurement when the track switches to another device. */
  device: string;
}

export function LevelMeter({ track, device }: LevelMeterProps) {
  const meter = useRef<HTMLDivElement>(null);
  useEffect(() => measure(track, (level) => show(meter.current, level)), [track, device]);
  return (
    // biome-ignore lint/a11y/useSemanticElements: browsers let a <meter> hardly be styled
    <div
      ref={meter}
      class="level"
      role="meter"
      aria-label={t("level")}
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

/** Calls `onLevel` about ten times a second, until the returned function is called. */
function measure(track: LocalAudioTrack, onLevel: (level: number) => void): () => void {
  const { analyser, cleanup } = createAudioAnalyser(track, { cloneTrack: true, fftSize: SAMPLES });
  const stop = sampleLevel(analyser, onLevel);
  return () => {
    stop();
    void cleanup();
  };
}
