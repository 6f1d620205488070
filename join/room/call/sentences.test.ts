import { beforeEach, describe, expect, it } from "vitest";
import { speak } from "../words";
import { listed, sentence, shortened } from "./sentences";

beforeEach(() =>
  speak({ others: "{count} others", joinedOne: "{name} joined", joinedSeveral: "{names} joined" }),
);

describe("a list of names", () => {
  it.each([
    [["Anna"], "Anna"],
    [["Anna", "Ben"], "Anna and Ben"],
    [["Anna", "Ben", "Cem"], "Anna, Ben, and Cem"],
    [["Anna", "Ben", "Cem", "Dora"], "Anna, Ben, and 2 others"],
    [["Anna", "Ben", "Cem", "Dora", "Eva"], "Anna, Ben, and 3 others"],
  ])("of %j is %s", (names, said) => {
    expect(listed(names, "en")).toBe(said);
  });

  it("is as the language has it", () => {
    speak({ others: "{count} weitere" });
    expect(listed(["Anna", "Ben"], "de")).toBe("Anna und Ben");
    expect(listed(["A", "B", "C", "D"], "de")).toBe("A, B und 2 weitere");
  });

  it("says 'others' of two at least", () => {
    for (let count = 1; count < 30; count++) {
      expect(listed(Array(count).fill("x"), "en")).not.toContain(" 1 others");
    }
  });
});

describe("a sentence about people", () => {
  it("is another one for several than for one", () => {
    speak({ joinedOne: "{name} ist da", joinedSeveral: "{names} sind da" });
    expect(sentence("joinedOne", "joinedSeveral", ["Anna"], "de")).toBe("Anna ist da");
    expect(sentence("joinedOne", "joinedSeveral", ["Anna", "Ben"], "de")).toBe(
      "Anna und Ben sind da",
    );
  });

  it("takes a name as it is", () => {
    expect(sentence("joinedOne", "joinedSeveral", ["{name} $& <b>"], "en")).toBe(
      "{name} $& <b> joined",
    );
  });
});

describe("a long text", () => {
  it("is cut", () => {
    expect(shortened("abcdefgh", 5)).toBe("abcd…");
  });

  it("that just fits is not", () => {
    expect(shortened("abcde", 5)).toBe("abcde");
  });

  it("is cut between characters, not within one", () => {
    expect(shortened("🙂🙂🙂🙂", 3)).toBe("🙂🙂…");
  });

  it("comes on one line", () => {
    expect(shortened("  one\n\ntwo\tthree ", 50)).toBe("one two three");
  });
});
