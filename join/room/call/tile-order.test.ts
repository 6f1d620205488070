import { describe, expect, it } from "vitest";
import type { Person } from "./people";
import { person } from "./testing";
import { arranged, nextSpeaker } from "./tile-order";

const me = person("me", { isLocal: true });
const [anna, ben, cleo, dora] = ["anna", "ben", "cleo", "dora"].map((name) => person(name)) as [
  Person,
  Person,
  Person,
  Person,
];
const speaking = (one: Person, loudness = 0.5) => ({ ...one, isSpeaking: true, loudness });

describe("the order of tiles", () => {
  it("is that of coming while all fit", () => {
    expect(arranged([me, anna, ben], ["ben", "anna", "me"], 3)).toEqual(["me", "anna", "ben"]);
  });

  it("stays as it was while nobody speaks", () => {
    const before = ["me", "dora", "ben", "anna", "cleo"];
    expect(arranged([me, anna, ben, cleo, dora], before, 3).slice(0, 3)).toEqual([
      "me",
      "dora",
      "ben",
    ]);
  });

  it("brings who speaks to the first page, in the place of whoever was silent for longest", () => {
    const people = [me, { ...anna, lastSpokeAt: 9 }, { ...ben, lastSpokeAt: 5 }, speaking(dora)];
    expect(arranged(people, ["me", "anna", "ben", "dora"], 3)).toEqual([
      "me",
      "anna",
      "dora",
      "ben",
    ]);
  });

  it("moves nobody who speaks on the first page", () => {
    const people = [me, speaking(anna), speaking(ben), cleo, speaking(dora)];
    expect(arranged(people, ["me", "anna", "ben"], 3).slice(0, 3)).toEqual(["me", "anna", "ben"]);
  });

  it("never puts oneself on another page", () => {
    const people = [me, speaking(anna), speaking(ben), speaking(cleo)];
    expect(arranged(people, [], 2)[0]).toBe("me");
  });

  it("gives the places of those who left to the next", () => {
    expect(arranged([me, ben, cleo, dora], ["me", "anna", "ben", "cleo"], 3)).toEqual([
      "me",
      "ben",
      "cleo",
      "dora",
    ]);
  });

  it("loses and doubles nobody", () => {
    const people = [me, speaking(anna), ben, speaking(cleo), dora];
    for (let size = 1; size <= 6; size++) {
      expect(arranged(people, ["dora", "gone", "ben"], size).sort()).toEqual(
        ["anna", "ben", "cleo", "dora", "me"].sort(),
      );
    }
  });
});

describe("whom the speaker view shows", () => {
  it("is whoever speaks, also when somebody louder talks at the same time", () => {
    expect(nextSpeaker([me, speaking(anna, 0.1), speaking(ben, 0.9)], "anna")).toBe("anna");
  });

  it("is the loudest when they stop", () => {
    expect(nextSpeaker([me, anna, speaking(ben, 0.3), speaking(cleo, 0.4)], "anna")).toBe("cleo");
  });

  it("stays in a silence", () => {
    expect(nextSpeaker([me, anna, ben], "ben")).toBe("ben");
  });

  it("is never oneself while there are others", () => {
    expect(nextSpeaker([speaking(me), anna], null)).toBe("anna");
  });

  it("is somebody else when they left", () => {
    expect(nextSpeaker([me, anna], "ben")).toBe("anna");
  });

  it("is oneself alone, and nobody in no room", () => {
    expect(nextSpeaker([me], null)).toBe("me");
    expect(nextSpeaker([], "anna")).toBeNull();
  });
});
