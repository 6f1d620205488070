import { afterEach, describe, expect, it, vi } from "vitest";
import {
  address,
  fetchRefusal,
  hideToken,
  type Page,
  Refused,
  refusal,
  requestTicket,
  sendFeedback,
} from "./page";

const page: Page = {
  link: "http://127.0.0.1/BCDF-GHJK-MNPR/",
  token: "a.b",
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
  const fetched = vi.fn(async () => new Response(JSON.stringify(body), { status }));
  vi.stubGlobal("fetch", fetched);
  vi.stubGlobal("location", { href: "http://127.0.0.1/BCDF-GHJK-MNPR/" });
  return fetched;
}

function sent(fetched: ReturnType<typeof answer>): [string, RequestInit] {
  return fetched.mock.calls[0] as unknown as [string, RequestInit];
}

function unreachable() {
  vi.stubGlobal("location", { href: "http://127.0.0.1/" });
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("network")));
}

afterEach(() => vi.unstubAllGlobals());

const CLICK = { visit: "0123456789abcdef0123456789abcdef", isBack: false };

/** A browser's tab: its address, what it remembers of it, and where the page sent it. */
function tab(href: string, state: unknown = null) {
  const went: string[] = [];
  const replaceState = (now: unknown, _: string, url: URL) => {
    history.state = now;
    location.href = url.href;
  };
  const history = { state, replaceState };
  const location = { href, replace: (path: string) => went.push(path) };
  vi.stubGlobal("history", history);
  vi.stubGlobal("location", location);
  return { history, location, went };
}

const PLAIN = "https://meet.example/BCDF-GHJK-MNPR/";

describe("the token of a personal link", () => {
  it.each([
    [`${PLAIN}?token=a.b`, PLAIN],
    [`${PLAIN}?token=a.b&lang=de`, `${PLAIN}?lang=de`],
    [PLAIN, PLAIN],
  ])("is not left in %s", (link, shown) => {
    const { history, location } = tab(link);
    expect(hideToken(page)).toBe(true);
    expect(location.href).toBe(shown);
    expect(history.state).toEqual({ token: "a.b" });
  });

  it("goes with what the page requests", () => {
    tab(PLAIN);
    expect(address(page)).toBe("/BCDF-GHJK-MNPR/?token=a.b");
    expect(address(page, "host/end/")).toBe("/BCDF-GHJK-MNPR/host/end/?token=a.b");
    expect(address({ token: "" })).toBe("/BCDF-GHJK-MNPR/");
  });

  it("of this tab leads back to its own person, when the browser is another's meanwhile", () => {
    const { history, went } = tab(PLAIN, { token: "own" });
    expect(hideToken(page)).toBe(false);
    expect(went).toEqual(["/BCDF-GHJK-MNPR/?token=own"]);
    expect(history.state).toEqual({ token: "own" });
  });

  it("of a new link is this tab's from then on", () => {
    const { history, went } = tab(`${PLAIN}?token=a.b`, { token: "own" });
    expect(hideToken(page)).toBe(true);
    expect(went).toEqual([]);
    expect(history.state).toEqual({ token: "a.b" });
  });
});

describe("requesting a ticket", () => {
  it("returns the ticket", async () => {
    answer(200, { url: "ws://there", token: "t" });
    expect(await requestTicket(page, "Anna", CLICK)).toEqual({ url: "ws://there", token: "t" });
  });

  it("sends the name and the CSRF token", async () => {
    const fetched = answer(200, {});
    await requestTicket(page, "Anna & Ben", CLICK);
    const [, request] = sent(fetched);
    expect(String(request.body)).toBe(`name=Anna+%26+Ben&visit=${CLICK.visit}`);
    expect(request.headers).toMatchObject({ "X-CSRFToken": "token" });
  });

  it("confirms the recording notice, where it was shown", async () => {
    const fetched = answer(200, {});
    await requestTicket({ ...page, isRecorded: true }, "Anna", CLICK);
    expect(String(sent(fetched)[1].body)).toBe(`name=Anna&visit=${CLICK.visit}&recording_told=1`);
  });

  it("marks a rejoin", async () => {
    const fetched = answer(200, {});
    await requestTicket(page, "Anna", { ...CLICK, isBack: true });
    expect(String(sent(fetched)[1].body)).toBe(`name=Anna&visit=${CLICK.visit}&is_back=1`);
  });

  it("has a timeout", async () => {
    const fetched = answer(200, {});
    await requestTicket(page, "Anna", CLICK);
    expect(sent(fetched)[1].signal).toBeInstanceOf(AbortSignal);
  });

  it("throws the server's refusal", async () => {
    answer(409, { error: "This meeting is full", detail: "Try again.", code: "meeting_full" });
    await expect(requestTicket(page, "Anna", CLICK)).rejects.toMatchObject({
      title: "This meeting is full",
      detail: "Try again.",
      code: "meeting_full",
    });
  });

  it("throws when the server cannot be reached", async () => {
    unreachable();
    await expect(requestTicket(page, "Anna", CLICK)).rejects.toBeInstanceOf(Refused);
  });
});

describe("giving feedback", () => {
  it("goes to the meeting's own address, with the link's token", async () => {
    const fetched = answer(200, { thanks: true });
    await sendFeedback(page, "4", "Good");
    const [address, request] = sent(fetched);
    expect(address).toBe("/BCDF-GHJK-MNPR/feedback/?token=a.b");
    expect(String(request.body)).toBe("rating=4&comments=Good");
    expect(request.headers).toMatchObject({ Accept: "application/json" });
  });

  it("throws errors by field", async () => {
    answer(400, { error: "Something is missing", detail: "…", fields: { rating: ["Choose."] } });
    await expect(sendFeedback(page, "", "")).rejects.toMatchObject({
      fields: { rating: ["Choose."] },
    });
  });
});

describe("an answer without a message", () => {
  it("gets one of the page's own", () => {
    expect(refusal(502, {})).toMatchObject({ title: "failed", detail: "failedDetail" });
  });
});

describe("the server's refusal", () => {
  it("is none when the page is shown", async () => {
    answer(200, {});
    expect(await fetchRefusal(page)).toBeNull();
  });

  it("is the error page's text when the meeting is over", async () => {
    const texts: Record<string, string> = { h1: " It has ended ", p: "Close this page." };
    const main = { querySelector: (tag: string) => ({ textContent: texts[tag] }) };
    const shown = { querySelector: () => main };
    vi.stubGlobal(
      "DOMParser",
      class {
        parseFromString = () => shown;
      },
    );
    answer(410, {});
    expect(await fetchRefusal(page)).toMatchObject({
      title: "It has ended",
      detail: "Close this page.",
    });
  });

  it("is none when a proxy answers instead", async () => {
    const shown = { querySelector: () => null };
    vi.stubGlobal(
      "DOMParser",
      class {
        parseFromString = () => shown;
      },
    );
    answer(502, {});
    expect(await fetchRefusal(page)).toBeNull();
  });

  it("is none when the server cannot be reached", async () => {
    unreachable();
    expect(await fetchRefusal(page)).toBeNull();
  });
});
