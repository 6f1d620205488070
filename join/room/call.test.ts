import { DisconnectReason } from "livekit-client";
import { describe, expect, it } from "vitest";
import { endingOf } from "./call";
import { sayTrouble } from "./devices";
import { FAREWELLS } from "./farewell";

describe("how a call ends", () => {
  it.each([
    [DisconnectReason.CLIENT_INITIATED, "left"],
    [DisconnectReason.DUPLICATE_IDENTITY, "elsewhere"],
    [DisconnectReason.PARTICIPANT_REMOVED, "removed"],
    [DisconnectReason.ROOM_DELETED, "closed"],
    [DisconnectReason.ROOM_CLOSED, "closed"],
    [DisconnectReason.SIGNAL_CLOSE, "lost"],
    [undefined, "lost"],
  ] as const)("reason %s means %s", (reason, ending) => {
    expect(endingOf(reason)).toBe(ending);
  });

  it("offers a removed person no way back", () => {
    expect(FAREWELLS.removed.back).toBe("");
  });

  it("tells the older of two tabs about the newer", () => {
    expect(FAREWELLS.elsewhere.title).toContain("joined elsewhere");
  });
});

describe("missing devices", () => {
  it("are no trouble when none is missing", () => {
    expect(sayTrouble(false, false)).toBe("");
  });

  it.each([
    [true, false, "Your camera cannot"],
    [false, true, "Your microphone cannot"],
    [true, true, "Your camera and microphone cannot"],
  ])("are named", (noCamera, noMicrophone, words) => {
    expect(sayTrouble(noCamera, noMicrophone)).toContain(words);
  });
});
