/** Which devices a person chose last time. Where a browser keeps nothing, nothing is remembered. */

export type Kind = "camera" | "microphone" | "speaker";

const SHELF = "upclass-meet-devices";

export function remembered(): Partial<Record<Kind, string>> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(SHELF) ?? "{}");
    return kept && typeof kept === "object" ? kept : {};
  } catch {
    return {};
  }
}

export function remember(kind: Kind, id: string): void {
  try {
    localStorage.setItem(SHELF, JSON.stringify({ ...remembered(), [kind]: id }));
  } catch {
    // A private window, or a page inside another one.
  }
}
