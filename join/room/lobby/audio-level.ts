/** Measures audio levels. */

/** Per measurement: a fiftieth of a second. */
export const SAMPLES = 1024;
const INTERVAL = 90;

/** Calls `onLevel`, with 0 to 1, about ten times a second, until the returned function is called. */
export function sampleLevel(analyser: AnalyserNode, onLevel: (level: number) => void): () => void {
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    onLevel(levelOf(samples));
  }, INTERVAL);
  return () => clearInterval(timer);
}

/** From samples between -1 and 1: silence is 0, -60 dB and less; speech near the microphone is about 0.7. */
export function levelOf(samples: Float32Array): number {
  const square = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  const decibels = 10 * Math.log10(square + 1e-12);
  return Math.min(1, Math.max(0, (decibels + 60) / 60));
}
