/** The data message about raised hands, and its encoding. */

/** All fields are optional; unknown ones are ignored. */
export interface HandMessage {
  raised?: boolean;
  /** Milliseconds that it has been up; a duration, because clocks differ. */
  since?: number;
  /** Requests the receivers' state. */
  ask?: boolean;
  /** A host lowers the receiver's hand. */
  lower?: boolean;
}

/** Bytes. */
const MAX_SIZE = 1_000;
const DAY = 24 * 60 * 60_000;

export function encode(message: HandMessage): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(message));
}

/** The known fields of a payload; an empty object when it is invalid. */
export function decode(payload: Uint8Array): HandMessage {
  const json = payload.length < MAX_SIZE ? parse(payload) : null;
  if (typeof json !== "object" || json === null) return {};
  const { raised, since, ask, lower } = json as Record<string, unknown>;
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

function parse(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  } catch {
    return null;
  }
}
