import { describe, expect, it } from "vitest";
import { decoded, encoded } from "./hand-messages";

const NOTHING = { ask: false, lower: false };
const bytes = (text: string) => new TextEncoder().encode(text);

describe("news of a hand", () => {
  it.each([
    { raised: true, since: 0 },
    { raised: true, since: 5_000, ask: true },
    { raised: false },
    { ask: true },
    { lower: true },
  ])("arrives as it was sent: %j", (news) => {
    expect(decoded(encoded(news))).toEqual({ ...NOTHING, ...news });
  });

  it("keeps what it knows and ignores the rest", () => {
    expect(decoded(bytes('{"raised": true, "at": 5, "colour": "red"}'))).toEqual({
      ...NOTHING,
      raised: true,
    });
  });

  it.each(["1", '"yes"', "null", "[]", "{}"])("does not take %s for raised", (value) => {
    expect(decoded(bytes(`{"raised": ${value}}`))).toEqual(NOTHING);
  });

  it.each(["-1", "1e99", '"5"', "null", "86400000"])("does not take %s for a time", (value) => {
    expect(decoded(bytes(`{"raised": true, "since": ${value}}`))).not.toHaveProperty("since");
  });

  it.each(['{"ask": 1}', '{"lower": "true"}'])("does not take %s for true", (text) => {
    expect(decoded(bytes(text))).toEqual(NOTHING);
  });

  it.each([
    "",
    "hello",
    "{",
    "null",
    "5",
    '"raised"',
    "true",
    `{"raised":true,"x":"${"x".repeat(999)}"}`,
  ])("that is %s says nothing", (text) => {
    const { raised, ask, lower } = decoded(bytes(text));
    expect([raised, !!ask, !!lower]).toEqual([undefined, false, false]);
  });

  it("that is no text says nothing", () => {
    expect(decoded(new Uint8Array([0xff, 0xfe, 0x00]))).toEqual({});
  });
});
