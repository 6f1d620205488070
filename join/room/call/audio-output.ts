/** On which speaker the others are heard. */

import { computed, effect } from "@preact/signals";
import { chosen } from "../door/device-list";
import { room } from "./connection";

/**
 * Follow the person's choice until the returned function is called. LiveKit's room keeps it for everybody who
 * comes later; where a page cannot choose, or the speaker has just gone, the browser's own goes on.
 */
export function keepSpeaker(): () => void {
  const speaker = computed(() => chosen.value.speaker);
  return effect(() => {
    if (!speaker.value) return;
    room.value?.switchActiveDevice("audiooutput", speaker.value).catch(() => {});
  });
}
