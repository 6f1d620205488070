import { describe, expect, it } from "vitest";
import { decode, encode } from "./hand-messages";

const NOTHING = { ask: false, lower: false };
const bytes = (text: string) => new TextEncoder().encode(text);

describe("a message about a hand", () => {
  it.each([
    { raised: true, since: 0 },
    { raised: true, since: 5_000, ask: true },
    { raised: false },
    { ask: true },
    { lower: true },
  ])("is decoded as it was encoded: %j", (message) => {
    expect(decode(encode(message))).toEqual({ ...NOTHING, ...message });
  });

  it("ignores unknown fields", () => {
    expect(decode(bytes('{"raised": true, "at": 5, "colour": "red"}'))).toEqual({
      ...NOTHING,
      raised: true,
    });
  });

  it.each(["1", '"yes"', "null", "[]", "{}"])("ignores %s as raised", (value) => {
    expect(decode(bytes(`{"raised": ${value}}`))).toEqual(NOTHING);
  });

  it.each(["-1", "1e99", '"5"', "null", "86400000"])("ignores %s as since", (value) => {
    expect(decode(bytes(`{"raised": true, "since": ${value}}`))).not.toHaveProperty("since");
  });

  it.each(['{"ask": 1}', '{"lower": "true"}'])("ignores %s", (text) => {
    expect(decode(bytes(text))).toEqual(NOTHING);
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
  ])("that is %s is empty", (text) => {
    const { raised, ask, lower } = decode(bytes(text));
    expect([raised, !!ask, !!lower]).toEqual([undefined, false, false]);
  });

  it("that is not UTF-8 is empty", () => {
    expect(decode(new Uint8Array([0xff, 0xfe, 0x00]))).toEqual({});
  });
});
