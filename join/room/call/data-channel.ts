/** When data goes out again after a connection was made anew. */

import type { Room } from "livekit-client";

const LOOK = 100;

/**
 * For up to two seconds after RoomEvent.Reconnected, LiveKit's client still takes data as sent and keeps it for
 * the session that has gone, for ever. Resolves when that is over; mostly that is at once.
 */
export async function dataFlows(room: Room): Promise<void> {
  while (isHeldBack(room)) await new Promise((resolve) => setTimeout(resolve, LOOK));
}

/** A private field of RTCEngine's; without it nothing is waited for. */
function isHeldBack({ engine }: Room): boolean {
  return !!(engine as unknown as { attemptingReconnect?: boolean } | undefined)
    ?.attemptingReconnect;
}
