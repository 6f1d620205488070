import { describe, expect, it } from "vitest";
import { levelOf } from "./audio-level";
import { wav } from "./test-sound";

describe("the test sound", () => {
  const file = new DataView(wav().buffer);
  const samples = Array.from({ length: (file.byteLength - 44) / 2 }, (_, i) =>
    file.getInt16(44 + i * 2, true),
  );

  it("is a WAV file with correct lengths", () => {
    expect(new TextDecoder().decode(wav().slice(0, 4))).toBe("RIFF");
    expect(file.getUint32(4, true)).toBe(file.byteLength - 8);
    expect(file.getUint32(40, true)).toBe(samples.length * 2);
  });

  it("lasts less than a second", () => {
    expect(samples.length / file.getUint32(24, true)).toBeCloseTo(0.7);
  });

  it("is neither silent nor loud", () => {
    expect(Math.max(...samples)).toBeGreaterThan(5_000);
    expect(Math.max(...samples)).toBeLessThan(10_000);
  });

  it("begins and ends softly, without a click", () => {
    expect(Math.abs(samples[0] ?? 1)).toBe(0);
    expect(Math.abs(samples.at(-1) ?? 999)).toBeLessThan(10);
  });
});

describe("the microphone's level", () => {
  it("of silence is 0", () => {
    expect(levelOf(new Float32Array(64))).toBe(0);
  });

  it("of the loudest sound is 1", () => {
    expect(levelOf(new Float32Array(64).fill(1))).toBe(1);
  });

  it("grows with the sound", () => {
    const levels = [0.002, 0.02, 0.2].map((loud) => levelOf(new Float32Array(64).fill(loud)));
    expect(levels).toEqual([...levels].sort());
    expect(levels[0]).toBeGreaterThan(0);
    expect(levels[2]).toBeLessThan(1);
  });
});
