/** The speaker test: two soft tones, synthesized, so that nothing is downloaded. */

const RATE = 22_050; // samples a second
const TONES = [523.25, 783.99]; // Hz: C5, G5
const SECONDS = 0.35; // of each

/** A WAV file: 16 bits, one channel. */
export function wav(): Uint8Array<ArrayBuffer> {
  const count = Math.round(RATE * SECONDS) * TONES.length;
  const file = new DataView(new ArrayBuffer(44 + count * 2));
  writeHeader(file, count * 2);
  for (let at = 0; at < count; at++) file.setInt16(44 + at * 2, sample(at), true);
  return new Uint8Array(file.buffer);
}

function sample(at: number): number {
  const inTone = at % Math.round(RATE * SECONDS);
  const tone = TONES[Math.floor(at / Math.round(RATE * SECONDS))] ?? 0;
  const fade = Math.sin((Math.PI * inTone) / (RATE * SECONDS)) ** 2;
  return Math.round(9_000 * fade * Math.sin((2 * Math.PI * tone * inTone) / RATE));
}

function writeHeader(file: DataView, bytes: number): void {
  const text = (at: number, letters: string) => {
    for (const [i, letter] of [...letters].entries()) file.setUint8(at + i, letter.charCodeAt(0));
  };
  text(0, "RIFF");
  file.setUint32(4, 36 + bytes, true);
  text(8, "WAVEfmt ");
  file.setUint32(16, 16, true);
  file.setUint16(20, 1, true); // PCM
  file.setUint16(22, 1, true);
  file.setUint32(24, RATE, true);
  file.setUint32(28, RATE * 2, true);
  file.setUint16(32, 2, true);
  file.setUint16(34, 16, true);
  text(36, "data");
  file.setUint32(40, bytes, true);
}

/** Play it on a speaker ("": the default one); resolves when it ended or failed. */
export async function playTestSound(speaker: string): Promise<void> {
  const address = URL.createObjectURL(new Blob([wav()], { type: "audio/wav" }));
  const audio = new Audio(address);
  try {
    if (speaker) await audio.setSinkId(speaker);
    const over = new Promise((resolve) => {
      audio.onended = audio.onerror = resolve;
    });
    await audio.play();
    await over;
  } catch {
    // Unplugged meanwhile, or blocked by autoplay policy: the person notices the silence.
  } finally {
    URL.revokeObjectURL(address);
  }
}
