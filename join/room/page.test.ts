import { afterEach, describe, expect, it, vi } from "vitest";
import { knock, type Page, Refused, refusal, sendFeedback, shutDoor } from "./page";

const page: Page = {
  topic: "Standup",
  startsAt: null,
  asksName: true,
  name: "",
  isHost: false,
  isRecorded: false,
  asksFeedback: false,
  csrf: "token",
  language: "en",
  words: {} as Page["words"],
};

function answer(status: number, body: unknown) {
  const asked = vi.fn(async () => new Response(JSON.stringify(body), { status }));
  vi.stubGlobal("fetch", asked);
  vi.stubGlobal("location", { href: "http://127.0.0.1/BCDF-GHJK-MNPR/?token=a.b" });
  return asked;
}

function sent(asked: ReturnType<typeof answer>): [string, RequestInit] {
  return asked.mock.calls[0] as unknown as [string, RequestInit];
}

function away() {
  vi.stubGlobal("location", { href: "http://127.0.0.1/" });
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("network")));
}

afterEach(() => vi.unstubAllGlobals());

const CLICK = { visit: "0123456789abcdef0123456789abcdef", isBack: false };

describe("knocking at the door", () => {
  it("gives the ticket when the door opens", async () => {
    answer(200, { url: "ws://there", token: "t" });
    expect(await knock(page, "Anna", CLICK)).toEqual({ url: "ws://there", token: "t" });
  });

  it("sends the name and the CSRF token", async () => {
    const asked = answer(200, {});
    await knock(page, "Anna & Ben", CLICK);
    const [, request] = sent(asked);
    expect(String(request.body)).toBe(`name=Anna+%26+Ben&visit=${CLICK.visit}`);
    expect(request.headers).toMatchObject({ "X-CSRFToken": "token" });
  });

  it("says that the recording was told of, where it was", async () => {
    const asked = answer(200, {});
    await knock({ ...page, isRecorded: true }, "Anna", CLICK);
    expect(String(sent(asked)[1].body)).toBe(`name=Anna&visit=${CLICK.visit}&recording_told=1`);
  });

  it("says that it comes back by itself, where it does", async () => {
    const asked = answer(200, {});
    await knock(page, "Anna", { ...CLICK, isBack: true });
    expect(String(sent(asked)[1].body)).toBe(`name=Anna&visit=${CLICK.visit}&is_back=1`);
  });

  it("does not wait for ever for an answer", async () => {
    const asked = answer(200, {});
    await knock(page, "Anna", CLICK);
    expect(sent(asked)[1].signal).toBeInstanceOf(AbortSignal);
  });

  it("says in the server's words why it stays shut", async () => {
    answer(409, { error: "This meeting is full", detail: "Try again.", code: "meeting_full" });
    await expect(knock(page, "Anna", CLICK)).rejects.toMatchObject({
      title: "This meeting is full",
      detail: "Try again.",
      code: "meeting_full",
    });
  });

  it("says so when the server cannot be reached", async () => {
    away();
    await expect(knock(page, "Anna", CLICK)).rejects.toBeInstanceOf(Refused);
  });
});

describe("giving feedback", () => {
  it("goes to the meeting's own address, with the link's token", async () => {
    const asked = answer(200, { thanks: true });
    await sendFeedback(page, "4", "Good");
    const [address, request] = sent(asked);
    expect(address).toBe("/BCDF-GHJK-MNPR/feedback/?token=a.b");
    expect(String(request.body)).toBe("rating=4&comments=Good");
    expect(request.headers).toMatchObject({ Accept: "application/json" });
  });

  it("brings back what is wrong, by its field", async () => {
    answer(400, { error: "Something is missing", detail: "…", fields: { rating: ["Choose."] } });
    await expect(sendFeedback(page, "", "")).rejects.toMatchObject({
      fields: { rating: ["Choose."] },
    });
  });
});

describe("an answer without words", () => {
  it("gets words of the page's own", () => {
    expect(refusal(502, {})).toMatchObject({ title: "failed", detail: "failedDetail" });
  });
});

describe("asking whether the door is shut", () => {
  it("is not when the page is shown", async () => {
    answer(200, {});
    expect(await shutDoor()).toBeNull();
  });

  it("is when the meeting is over, and its page says why", async () => {
    const said: Record<string, string> = { h1: " It has ended ", p: "Close this page." };
    const main = { querySelector: (tag: string) => ({ textContent: said[tag] }) };
    const page = { querySelector: () => main };
    vi.stubGlobal(
      "DOMParser",
      class {
        parseFromString = () => page;
      },
    );
    answer(410, {});
    expect(await shutDoor()).toMatchObject({ title: "It has ended", detail: "Close this page." });
  });

  it("is not, as far as can be told, when a proxy answers for us", async () => {
    const page = { querySelector: () => null };
    vi.stubGlobal(
      "DOMParser",
      class {
        parseFromString = () => page;
      },
    );
    answer(502, {});
    expect(await shutDoor()).toBeNull();
  });

  it("may not be when nobody can be asked", async () => {
    away();
    expect(await shutDoor()).toBeNull();
  });
});
