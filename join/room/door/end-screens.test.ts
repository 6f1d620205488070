import { describe, expect, it } from "vitest";
import { Refused } from "../page";
import { asksAfter, ENDS } from "./end-screens";
import { fieldsOf, missing } from "./feedback";

describe("after the call", () => {
  it("a removed person is offered no way back, and not asked how it was", () => {
    expect(ENDS.removed.back).toBeNull();
    expect(asksAfter("removed")).toBe(false);
  });

  it("somebody who is in elsewhere is not asked either", () => {
    expect(asksAfter("elsewhere")).toBe(false);
  });

  it.each(["left", "closed", "lost"] as const)("of %s, people are asked", (how) => {
    expect(asksAfter(how)).toBe(true);
  });
});

describe("feedback", () => {
  it("needs both, stars and words", () => {
    expect(Object.keys(missing("", "  "))).toEqual(["rating", "comments"]);
    expect(Object.keys(missing("3", ""))).toEqual(["comments"]);
    expect(missing("3", "Good")).toEqual({});
  });

  it("shows what the server says at its field", () => {
    const refused = new Refused("Something is missing", "…", "", { comments: ["Too long."] });
    expect(fieldsOf(refused)).toEqual({ comments: ["Too long."] });
  });

  it("shows any other refusal once, below", () => {
    expect(fieldsOf(new Refused("No", "You were not in it."))).toEqual({
      form: ["You were not in it."],
    });
  });

  it("hides no fault of ours", () => {
    expect(() => fieldsOf(new TypeError("oops"))).toThrow(TypeError);
  });
});
