import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Page } from "../page";
import { speak } from "../words";
import { beHost, endForEverybody, isHost, muteEverybody, muteOne, removeOne } from "./moderation";

const { heard, seen } = vi.hoisted(() => ({ heard: [] as string[], seen: [] as string[] }));

vi.mock("./announcer", () => ({
  announce: (text: string) => heard.push(text),
  tell: (text: string) => seen.push(text),
}));

const BEN = { identity: "p-7", name: "Ben" };
const fetched = vi.fn(async (_address: string, _options: RequestInit) => answer);
let answer: Response;

/** Where the page asked, and with which form. */
const asked = () =>
  fetched.mock.calls.map(([address, { body }]) => [address, String(body as URLSearchParams)]);

beforeEach(() => {
  vi.stubGlobal("fetch", fetched);
  vi.stubGlobal("location", { href: "https://meet.example/ABCD-EFGH-JKLM/?token=t" });
  fetched.mockClear();
  heard.length = 0;
  seen.length = 0;
  answer = Response.json({});
  speak({ isMuted: "{name} is muted.", wasRemoved: "{name} was removed.", failed: "Failed" });
  beHost({ isHost: true, csrf: "c" } as Page);
});

afterEach(() => vi.unstubAllGlobals());

describe("a host's deed", () => {
  it.each([
    ["mute", () => muteOne(BEN), "identity=p-7"],
    ["mute", () => muteEverybody(), ""],
    ["remove", () => removeOne(BEN), "identity=p-7"],
    ["end", () => endForEverybody(), ""],
  ])("%s is asked of the server, with the host's token", async (deed, act, form) => {
    await act();
    expect(asked()).toEqual([[`/ABCD-EFGH-JKLM/host/${deed}/?token=t`, form]]);
    expect(fetched.mock.calls[0]?.[1]).toMatchObject({
      method: "POST",
      headers: { "X-CSRFToken": "c" },
    });
  });

  it("that is done is told", async () => {
    await muteOne(BEN);
    await removeOne(BEN);
    await muteEverybody();
    expect(heard).toEqual(["Ben is muted.", "Ben was removed."]);
    expect(seen).toEqual(["everybodyMuted"]);
  });

  it("that the server refuses is told in its words", async () => {
    answer = Response.json({ error: "Not found", detail: "Ben is not here." }, { status: 404 });
    await muteOne(BEN);
    expect(seen).toEqual(["Ben is not here."]);
    expect(heard).toEqual([]);
  });

  it("that does not reach the server is told", async () => {
    fetched.mockRejectedValueOnce(new TypeError("no network"));
    await endForEverybody();
    expect(seen).toEqual(["unreachableDetail"]);
  });
});

describe("who is no host", () => {
  beforeEach(() => beHost({ isHost: false, csrf: "c" } as Page));

  it("is not shown as one", () => {
    expect(isHost.value).toBe(false);
  });

  it("asks nothing", async () => {
    await muteOne(BEN);
    await endForEverybody();
    expect(asked()).toEqual([]);
  });
});
