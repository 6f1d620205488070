import { DisconnectReason } from "livekit-client";
import { describe, expect, it } from "vitest";
import { endReasonOf } from "./end-reason";

describe("how a call ends", () => {
  it.each([
    [DisconnectReason.CLIENT_INITIATED, "asleep"],
    [DisconnectReason.DUPLICATE_IDENTITY, "elsewhere"],
    [DisconnectReason.PARTICIPANT_REMOVED, "removed"],
    [DisconnectReason.ROOM_DELETED, "closed"],
    [DisconnectReason.ROOM_CLOSED, "closed"],
    [DisconnectReason.SIGNAL_CLOSE, "lost"],
    [undefined, "lost"],
  ] as const)("reason %s means %s", (reason, ending) => {
    expect(endReasonOf(reason)).toBe(ending);
  });
});
