/** What pages tell each other about raised hands. */

/** Each part may be missing; what is unknown is ignored. */
export interface HandNews {
  raised?: boolean;
  /** Milliseconds that it has been up; clocks differ, so no time of day is told. */
  since?: number;
  /** Whoever has a hand up is asked to tell it again. */
  ask?: boolean;
  /** A host lowers the hand of whoever receives this. */
  lower?: boolean;
}

/** Bytes. Longer news is not ours. */
const ABSURD = 1_000;
const DAY = 24 * 60 * 60_000;

export function encoded(news: HandNews): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(news));
}

/** What can be understood of it; an empty object when that is nothing. */
export function decoded(payload: Uint8Array): HandNews {
  const said = payload.length < ABSURD ? parsed(payload) : null;
  if (typeof said !== "object" || said === null) return {};
  const { raised, since, ask, lower } = said as Record<string, unknown>;
  return {
    ...(typeof raised === "boolean" ? { raised } : {}),
    ...(isDuration(since) ? { since } : {}),
    ask: ask === true,
    lower: lower === true,
  };
}

function isDuration(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value < DAY;
}

function parsed(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  } catch {
    return null;
  }
}
