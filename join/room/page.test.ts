import { afterEach, describe, expect, it, vi } from "vitest";
import { isDoorOpen, knock, type Page, Refused, refusal } from "./page";

const page: Page = { topic: "Standup", name: "", asksName: true, csrf: "token" };

function answer(status: number, body: unknown) {
  const asked = vi.fn(async () => new Response(JSON.stringify(body), { status }));
  vi.stubGlobal("fetch", asked);
  vi.stubGlobal("location", { href: "http://127.0.0.1/BCDF-GHJK-MNPR/" });
  return asked;
}

afterEach(() => vi.unstubAllGlobals());

describe("knocking at the door", () => {
  it("gives the ticket when the door opens", async () => {
    answer(200, { url: "ws://there", token: "t" });
    expect(await knock(page, "Anna")).toEqual({ url: "ws://there", token: "t" });
  });

  it("sends the name and the CSRF token", async () => {
    const asked = answer(200, {});
    await knock(page, "Anna & Ben");
    const [, sent] = asked.mock.calls[0] as unknown as [string, RequestInit];
    expect(String(sent.body)).toBe("name=Anna+%26+Ben");
    expect(sent.headers).toEqual({ "X-CSRFToken": "token" });
  });

  it("says in the server's words why it stays shut", async () => {
    answer(409, { error: "This meeting is full", detail: "Try again." });
    await expect(knock(page, "Anna")).rejects.toMatchObject({
      title: "This meeting is full",
      detail: "Try again.",
    });
  });

  it("says so when the server cannot be reached", async () => {
    vi.stubGlobal("location", { href: "http://127.0.0.1/" });
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("network")));
    await expect(knock(page, "Anna")).rejects.toBeInstanceOf(Refused);
  });
});

describe("an answer without words", () => {
  it("names its status", () => {
    expect(refusal(502, {}).detail).toContain("502");
  });
});

describe("asking whether the door is open", () => {
  it("is open when the page is shown", async () => {
    answer(200, {});
    expect(await isDoorOpen()).toBe(true);
  });

  it("is shut when the meeting is over", async () => {
    answer(410, {});
    expect(await isDoorOpen()).toBe(false);
  });

  it("may be open when nobody can be asked", async () => {
    vi.stubGlobal("location", { href: "http://127.0.0.1/" });
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("network")));
    expect(await isDoorOpen()).toBe(true);
  });
});
