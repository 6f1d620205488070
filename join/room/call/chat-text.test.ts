import { describe, expect, it } from "vitest";
import type { Message } from "./chat";
import { clockTime, grouped, isSendKey, pieces } from "./chat-text";

let id = 0;
const MINUTE = 60_000;
const said = (identity: string, at = 0, name = identity): Message => {
  return { id: ++id, identity, name, text: "x", at, isOwn: false };
};

describe("messages", () => {
  it("of one person in a row are a group", () => {
    const all = [said("anna"), said("anna"), said("ben"), said("anna")];
    expect(grouped(all).map((group) => group.length)).toEqual([2, 1, 1]);
    expect(grouped(all).flat()).toEqual(all);
  });

  it("are separate after a while", () => {
    const all = [said("anna", 0), said("anna", 4 * MINUTE), said("anna", 10 * MINUTE)];
    expect(grouped(all).map((group) => group.length)).toEqual([2, 1]);
  });

  it("are separate when the person has another name now", () => {
    expect(grouped([said("anna"), said("anna", 0, "Anna K.")])).toHaveLength(2);
  });

  it("of two people of one name are separate", () => {
    expect(grouped([said("1", 0, "Anna"), said("2", 0, "Anna")])).toHaveLength(2);
  });

  it("are none at first", () => {
    expect(grouped([])).toEqual([]);
  });
});

describe("a text", () => {
  const links = (text: string) => pieces(text).flatMap(({ text, href }) => (href ? [text] : []));

  it("without links is one piece", () => {
    expect(pieces("Good morning")).toEqual([{ text: "Good morning" }]);
  });

  it("with a link is three", () => {
    expect(pieces("see https://example.org/a?b=c#d please")).toEqual([
      { text: "see " },
      { text: "https://example.org/a?b=c#d", href: "https://example.org/a?b=c#d" },
      { text: " please" },
    ]);
  });

  it.each([
    ["https://example.org.", "https://example.org"],
    ["https://example.org/a, and", "https://example.org/a"],
    ["(https://example.org/a)", "https://example.org/a"],
    ["(https://example.org/a).", "https://example.org/a"],
    ["https://example.org/a_(b)", "https://example.org/a_(b)"],
    ["<https://example.org/a>", "https://example.org/a"],
    ['"https://example.org/a"', "https://example.org/a"],
    ["HTTPS://EXAMPLE.ORG", "HTTPS://EXAMPLE.ORG"],
    ["one\nhttp://example.org\ntwo", "http://example.org"],
    ["https://example.org/?!?", "https://example.org/"],
  ])("%j has the link %j", (text, link) => {
    expect(links(text)).toEqual([link]);
  });

  it("may have several links", () => {
    expect(links("https://a.example https://b.example")).toEqual([
      "https://a.example",
      "https://b.example",
    ]);
  });

  it.each([
    "javascript:alert(1)",
    "data:text/html,x",
    "ftp://example.org",
    "www.example.org",
    "https://",
    "https://exa mple",
    "https://bank.example@evil.example/",
    "https://bank.example:x@evil.example/",
    "xhttps://example.org",
  ])("%s is no link", (text) => {
    expect(links(text).filter((link) => link !== "https://exa")).toEqual([]);
  });

  it.each([
    "plain",
    "a https://example.org. b",
    "(https://a.example) https://b.example@c.example, d",
    "<b>https://example.org</b>",
    "",
  ])("%j is complete in its pieces", (text) => {
    expect(
      pieces(text)
        .map((piece) => piece.text)
        .join(""),
    ).toBe(text);
  });

  it.each([
    ["https://аpple.com/login", "https://xn--pple-43d.com/login"],
    ["http://bücher.example:8080/?q=ü", "http://xn--bcher-kva.example:8080/?q=ü"],
    ["https://ｅxample.org/a", "https://example.org/a"],
    ["https://ex%61mple.org/", "https://example.org/"],
    ["http://0x7f.1/", "http://127.0.0.1/"],
    ["https:///evil.example/", "https:///evil.example/"],
    ["https://Example.org:443/a", "https://Example.org:443/a"],
  ])("%s is shown with the host that it leads to: %s", (text, shown) => {
    expect(pieces(text)).toEqual([{ text: shown, href: new URL(text).href }]);
  });

  it("of nothing but brackets is processed quickly", () => {
    const before = performance.now();
    pieces(`https://a${")".repeat(2_000)}`);
    pieces("https://".repeat(250));
    pieces(`https://a${".)".repeat(1_000)}`);
    expect(performance.now() - before).toBeLessThan(500);
  });
});

describe("the time", () => {
  const at = new Date(2026, 2, 1, 14, 5).getTime();

  it("has hours and minutes, in the format of the language", () => {
    expect(clockTime(at, "de")).toBe("14:05");
    expect(clockTime(at, "en-US")).toMatch(/^02:05\sPM$/);
  });
});

describe("a key", () => {
  const press = (event: Partial<KeyboardEvent>) =>
    isSendKey({ key: "Enter", shiftKey: false, isComposing: false, keyCode: 13, ...event });

  it("Enter sends", () => {
    expect(press({})).toBe(true);
  });

  it.each([
    ["with Shift is a new line", { shiftKey: true }],
    ["that chooses a word does not send", { isComposing: true }],
    ["that chooses a word in Safari does not send", { keyCode: 229 }],
    ["of a letter does not send", { key: "a", keyCode: 65 }],
  ])("%s", (_, event) => {
    expect(press(event)).toBe(false);
  });
});
