/** The own screen, while it is shown to the others. */

import { signal } from "@preact/signals";
import {
  createLocalScreenTracks,
  type LocalTrack,
  ScreenSharePresets,
  TrackEvent,
} from "livekit-client";

/** Picture and, where the browser gives it, sound. Empty while nothing is shared. */
export const screen = signal<LocalTrack[]>([]);

/** Phones cannot. */
export function canShare(): boolean {
  return !!navigator.mediaDevices?.getDisplayMedia;
}

/** Counts what was begun and ended: who chooses a screen may be late for that. */
let turn = 0;

/** Ask the browser which screen, window or tab. False when the person, or the call, thought better of it. */
export async function startSharing(): Promise<boolean> {
  const own = ++turn;
  try {
    const tracks = await createLocalScreenTracks({
      audio: true,
      resolution: ScreenSharePresets.h1080fps15.resolution,
      selfBrowserSurface: "exclude",
    });
    if (own !== turn) {
      for (const track of tracks) track.stop();
      return false;
    }
    for (const track of tracks) track.once(TrackEvent.Ended, stopSharing);
    screen.value = tracks;
    return true;
  } catch (error) {
    const { name, message } = error as Error;
    if (name === "NotAllowedError" && !/by system/i.test(message)) return false;
    throw error;
  }
}

export function stopSharing(): void {
  turn += 1;
  const tracks = screen.value;
  screen.value = [];
  for (const track of tracks) track.stop();
}
