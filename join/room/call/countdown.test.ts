import { describe, expect, it } from "vitest";
import { countdown } from "./countdown";

describe("the time left", () => {
  it.each([
    [10 * 60_000, "10:00"],
    [65_000, "1:05"],
    [64_001, "1:05"],
    [9_000, "0:09"],
    [1, "0:01"],
    [0, "0:00"],
    [-5_000, "0:00"],
  ])("of %i ms is %s", (left, said) => {
    expect(countdown(left)).toBe(said);
  });
});
