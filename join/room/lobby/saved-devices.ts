/** The devices chosen last time, and whether they were on, in localStorage where that is allowed. */

export type DeviceKind = "camera" | "microphone" | "speaker";
/** A speaker is not opened. */
export type Input = Exclude<DeviceKind, "speaker">;

type Saved = Partial<Record<DeviceKind, string>> & { off?: Input[] };

const STORAGE_KEY = "upclass-meet-devices";

export function savedDevices(): Saved {
  try {
    const saved: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? "{}");
    return saved && typeof saved === "object" ? saved : {};
  } catch {
    return {};
  }
}

export function saveDevice(kind: DeviceKind, id: string): void {
  save({ [kind]: id });
}

/** Whether the person had it on last time; true at first. */
export function wasOn(kind: Input): boolean {
  return !savedDevices().off?.includes?.(kind);
}

export function saveOn(kind: Input, isOn: boolean): void {
  if (isOn === wasOn(kind)) return;
  const rest = (savedDevices().off ?? []).filter((one) => one !== kind);
  save({ off: isOn ? rest : [...rest, kind] });
}

function save(change: Saved): void {
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify({ ...savedDevices(), ...change }));
  } catch {
    // Storage is blocked: in a private window, or a third-party frame.
  }
}
