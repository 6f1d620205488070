/** The call, and nothing else on the screen. */

import { signal } from "@preact/signals";

export const isFullScreen = signal(false);

/** Phones of Apple cannot, and a page inside another one may not. */
export function canFullScreen(): boolean {
  return !!document.fullscreenEnabled;
}

export async function toggleFullScreen(): Promise<void> {
  if (document.fullscreenElement) return leaveFullScreen();
  if (!canFullScreen()) return;
  // Refused only where the click is too long ago: then one more is no harm.
  await document.documentElement.requestFullscreen().catch(() => {});
}

export async function leaveFullScreen(): Promise<void> {
  if (document.fullscreenElement) await document.exitFullscreen().catch(() => {});
}

/** Know of it until the returned function is called, which also ends it: it belongs to the call. */
export function watchFullScreen(): () => void {
  const see = () => {
    isFullScreen.value = !!document.fullscreenElement;
  };
  document.addEventListener("fullscreenchange", see);
  see();
  return () => {
    document.removeEventListener("fullscreenchange", see);
    isFullScreen.value = false;
    void leaveFullScreen();
  };
}
