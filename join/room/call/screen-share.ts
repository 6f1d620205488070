/** Sharing the own screen. */

import { signal } from "@preact/signals";
import {
  createLocalScreenTracks,
  type LocalTrack,
  ScreenSharePresets,
  TrackEvent,
} from "livekit-client";

/** Video and, where the browser offers it, audio. Empty while nothing is shared. */
export const screen = signal<LocalTrack[]>([]);

/** Phones' browsers have no getDisplayMedia. */
export function canShare(): boolean {
  return !!navigator.mediaDevices?.getDisplayMedia;
}

/** Grows with each start and stop: a picker that is answered later belongs to an old one. */
let turn = 0;

/** Opens the browser's picker. False when it was cancelled, or the call ended meanwhile. */
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
