/** Why the call ended for this person, from LiveKit's DisconnectReason. */

import { DisconnectReason } from "livekit-client";

/** closed: the room was closed, perhaps not for good; lost: connection failure; asleep: system sleep. */
export type EndReason = "left" | "elsewhere" | "removed" | "closed" | "lost" | "asleep";

const END_REASONS: Partial<Record<DisconnectReason, EndReason>> = {
  // LiveKit's client leaves when the browser freezes the page. A click on "Leave" does not get here.
  [DisconnectReason.CLIENT_INITIATED]: "asleep",
  [DisconnectReason.DUPLICATE_IDENTITY]: "elsewhere",
  [DisconnectReason.PARTICIPANT_REMOVED]: "removed",
  [DisconnectReason.ROOM_DELETED]: "closed",
  [DisconnectReason.ROOM_CLOSED]: "closed",
};

export function endReasonOf(reason: DisconnectReason | undefined): EndReason {
  return END_REASONS[reason ?? DisconnectReason.UNKNOWN_REASON] ?? "lost";
}
