import { describe, expect, it } from "vitest";
import { Refused } from "../page";
import { asksFeedbackAfter, END_SCREENS } from "./end-screens";
import { errorsOf, validate } from "./feedback";

describe("after the call", () => {
  it("a removed person cannot rejoin, and is not asked for feedback", () => {
    expect(END_SCREENS.removed.back).toBeNull();
    expect(asksFeedbackAfter("removed")).toBe(false);
  });

  it("a person who is in the call elsewhere is not asked", () => {
    expect(asksFeedbackAfter("elsewhere")).toBe(false);
  });

  it.each(["left", "closed", "lost"] as const)("for reason %s, people are asked", (how) => {
    expect(asksFeedbackAfter(how)).toBe(true);
  });
});

describe("feedback", () => {
  it("needs both rating and comments", () => {
    expect(Object.keys(validate("", "  "))).toEqual(["rating", "comments"]);
    expect(Object.keys(validate("3", ""))).toEqual(["comments"]);
    expect(validate("3", "Good")).toEqual({});
  });

  it("shows the server's errors at their fields", () => {
    const refused = new Refused("Something is missing", "…", "", { comments: ["Too long."] });
    expect(errorsOf(refused)).toEqual({ comments: ["Too long."] });
  });

  it("shows any other refusal once, below", () => {
    expect(errorsOf(new Refused("No", "You were not in it."))).toEqual({
      form: ["You were not in it."],
    });
  });

  it("rethrows bugs", () => {
    expect(() => errorsOf(new TypeError("oops"))).toThrow(TypeError);
  });
});
