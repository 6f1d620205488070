import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Page } from "../page";
import { setWords } from "../words";
import { removed } from "./connection";
import { endForEverybody, initHost, isHost, muteEverybody, muteOne, removeOne } from "./moderation";

const { announced, toasts } = vi.hoisted(() => ({
  announced: [] as string[],
  toasts: [] as string[],
}));

vi.mock("./announcer", () => ({
  announce: (text: string) => announced.push(text),
  notify: (text: string) => toasts.push(text),
}));

const BEN = { identity: "p-7", name: "Ben" };
const fetched = vi.fn(async (_address: string, _options: RequestInit) => answer);
let answer: Response;

/** URL and form of each request. */
const requests = () =>
  fetched.mock.calls.map(([address, { body }]) => [address, String(body as URLSearchParams)]);

beforeEach(() => {
  vi.stubGlobal("fetch", fetched);
  vi.stubGlobal("location", { href: "https://meet.example/ABCD-EFGH-JKLM/" });
  fetched.mockClear();
  announced.length = 0;
  toasts.length = 0;
  answer = Response.json({});
  setWords({ isMuted: "{name} is muted.", failed: "Failed" });
  initHost({ isHost: true, csrf: "c", token: "t" } as Page);
});

afterEach(() => vi.unstubAllGlobals());

describe("a host's action", () => {
  it.each([
    ["mute", () => muteOne(BEN), "identity=p-7"],
    ["mute", () => muteEverybody(), ""],
    ["remove", () => removeOne(BEN), "identity=p-7"],
    ["end", () => endForEverybody(), ""],
  ])("%s is requested from the server, with the host's token", async (action, act, form) => {
    await act();
    expect(requests()).toEqual([[`/ABCD-EFGH-JKLM/host/${action}/?token=t`, form]]);
    expect(fetched.mock.calls[0]?.[1]).toMatchObject({
      method: "POST",
      headers: { "X-CSRFToken": "c" },
    });
  });

  it("that succeeds is announced", async () => {
    await muteOne(BEN);
    await removeOne(BEN);
    await muteEverybody();
    expect(announced).toEqual(["Ben is muted."]);
    expect(removed.value).toEqual(BEN);
    expect(toasts).toEqual(["everybodyMuted"]);
  });

  it("that the server refuses shows its message", async () => {
    answer = Response.json({ error: "Not found", detail: "Ben is not here." }, { status: 404 });
    await muteOne(BEN);
    expect(toasts).toEqual(["Ben is not here."]);
    expect(announced).toEqual([]);
  });

  it("that does not reach the server shows a message", async () => {
    fetched.mockRejectedValueOnce(new TypeError("no network"));
    await endForEverybody();
    expect(toasts).toEqual(["unreachableDetail"]);
  });
});

describe("somebody else", () => {
  beforeEach(() => initHost({ isHost: false, csrf: "c" } as Page));

  it("is not a host", () => {
    expect(isHost.value).toBe(false);
  });

  it("requests nothing", async () => {
    await muteOne(BEN);
    await endForEverybody();
    expect(requests()).toEqual([]);
  });
});
