/** The devices chosen last time, in localStorage where that is allowed. */

export type DeviceKind = "camera" | "microphone" | "speaker";

const STORAGE_KEY = "upclass-meet-devices";

export function savedDevices(): Partial<Record<DeviceKind, string>> {
  try {
    const saved: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? "{}");
    return saved && typeof saved === "object" ? saved : {};
  } catch {
    return {};
  }
}

export function saveDevice(kind: DeviceKind, id: string): void {
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify({ ...savedDevices(), [kind]: id }));
  } catch {
    // Storage is blocked: in a private window, or a third-party frame.
  }
}
