/** When LiveKit's data channel can be used again after a reconnect. */

import type { Room } from "livekit-client";

const POLL_INTERVAL = 100;

/**
 * For up to two seconds after RoomEvent.Reconnected, LiveKit's client still resolves publishData and queues the
 * data for the old session, for ever. Resolves when that is over, mostly at once.
 */
export async function dataChannelReady(room: Room): Promise<void> {
  while (isReconnecting(room)) await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL));
}

/** A private field of RTCEngine; if it disappears, there is no waiting. */
function isReconnecting({ engine }: Room): boolean {
  return !!(engine as unknown as { attemptingReconnect?: boolean } | undefined)
    ?.attemptingReconnect;
}
