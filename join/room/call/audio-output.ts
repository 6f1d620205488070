/** The audio output device. */

import { computed, effect } from "@preact/signals";
import { refuse } from "../lobby/device-changes";
import { chosen } from "../lobby/device-list";
import { room } from "./connection";

/**
 * Apply the chosen device until the returned function is called. LiveKit's room applies it to later tracks too.
 * Where setSinkId is missing, or the device has gone, the browser's default is used.
 */
export function followAudioOutput(): () => void {
  const speaker = computed(() => chosen.value.speaker);
  return effect(() => {
    if (!speaker.value) return;
    const now = room.value;
    now
      ?.switchActiveDevice("audiooutput", speaker.value)
      .catch(() => refuse("speaker", now.getActiveDevice("audiooutput") ?? ""));
  });
}
