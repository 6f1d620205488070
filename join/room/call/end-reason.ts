/** What a disconnect means for the person it happened to. */

import { DisconnectReason } from "livekit-client";

/** closed: everybody was disconnected, but perhaps not for good; lost: nobody wanted it; asleep: their machine was. */
export type Ending = "left" | "elsewhere" | "removed" | "closed" | "lost" | "asleep";

const ENDINGS: Partial<Record<DisconnectReason, Ending>> = {
  // A browser that puts the page to sleep. Who leaves by a click is not asked why.
  [DisconnectReason.CLIENT_INITIATED]: "asleep",
  [DisconnectReason.DUPLICATE_IDENTITY]: "elsewhere",
  [DisconnectReason.PARTICIPANT_REMOVED]: "removed",
  [DisconnectReason.ROOM_DELETED]: "closed",
  [DisconnectReason.ROOM_CLOSED]: "closed",
};

export function endingOf(reason: DisconnectReason | undefined): Ending {
  return ENDINGS[reason ?? DisconnectReason.UNKNOWN_REASON] ?? "lost";
}
