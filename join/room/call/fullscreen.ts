/** Full screen. */

import { signal } from "@preact/signals";

export const isFullScreen = signal(false);

/** Not on iPhones, nor in a frame without permission. */
export function canFullScreen(): boolean {
  return !!document.fullscreenEnabled;
}

export async function toggleFullScreen(): Promise<void> {
  if (document.fullscreenElement) return leaveFullScreen();
  if (!canFullScreen()) return;
  // Rejected without a recent user gesture: another click works.
  await document.documentElement.requestFullscreen().catch(() => {});
}

export async function leaveFullScreen(): Promise<void> {
  if (document.fullscreenElement) await document.exitFullscreen().catch(() => {});
}

/** Track the state until the returned function is called, which also leaves full screen. */
export function watchFullScreen(): () => void {
  const update = () => {
    isFullScreen.value = !!document.fullscreenElement;
  };
  document.addEventListener("fullscreenchange", update);
  update();
  return () => {
    document.removeEventListener("fullscreenchange", update);
    isFullScreen.value = false;
    void leaveFullScreen();
  };
}
