import { beforeEach, describe, expect, it } from "vitest";
import { setWords } from "../words";
import { listNames, sentence, shorten } from "./sentences";

beforeEach(() =>
  setWords({
    others: "{count} others",
    joinedOne: "{name} joined",
    joinedSeveral: "{names} joined",
  }),
);

describe("a list of names", () => {
  it.each([
    [["Anna"], "Anna"],
    [["Anna", "Ben"], "Anna and Ben"],
    [["Anna", "Ben", "Cem"], "Anna, Ben, and Cem"],
    [["Anna", "Ben", "Cem", "Dora"], "Anna, Ben, and 2 others"],
    [["Anna", "Ben", "Cem", "Dora", "Eva"], "Anna, Ben, and 3 others"],
  ])("of %j is %s", (names, said) => {
    expect(listNames(names, "en")).toBe(said);
  });

  it("is as the language has it", () => {
    setWords({ others: "{count} weitere" });
    expect(listNames(["Anna", "Ben"], "de")).toBe("Anna und Ben");
    expect(listNames(["A", "B", "C", "D"], "de")).toBe("A, B und 2 weitere");
  });

  it("says 'others' of two at least", () => {
    for (let count = 1; count < 30; count++) {
      expect(listNames(Array(count).fill("x"), "en")).not.toContain(" 1 others");
    }
  });
});

describe("a sentence about people", () => {
  it("is another one for several than for one", () => {
    setWords({ joinedOne: "{name} ist da", joinedSeveral: "{names} sind da" });
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
    expect(shorten("abcdefgh", 5)).toBe("abcd…");
  });

  it("that just fits is not", () => {
    expect(shorten("abcde", 5)).toBe("abcde");
  });

  it("is cut between characters, not within one", () => {
    expect(shorten("🙂🙂🙂🙂", 3)).toBe("🙂🙂…");
  });

  it("comes on one line", () => {
    expect(shorten("  one\n\ntwo\tthree ", 50)).toBe("one two three");
  });
});
