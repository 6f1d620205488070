import { describe, expect, it } from "vitest";
import type { Person } from "./people";
import { person } from "./testing";
import { activeSpeaker, orderTiles } from "./tile-order";

const me = person("me", { isLocal: true });
const [anna, ben, cleo, dora] = ["anna", "ben", "cleo", "dora"].map((name) => person(name)) as [
  Person,
  Person,
  Person,
  Person,
];
const speaking = (one: Person, loudness = 0.5) => ({ ...one, isSpeaking: true, loudness });

describe("the order of tiles", () => {
  it("is by join time while all fit", () => {
    expect(orderTiles([me, anna, ben], ["ben", "anna", "me"], 3)).toEqual(["me", "anna", "ben"]);
  });

  it("does not change while nobody speaks", () => {
    const before = ["me", "dora", "ben", "anna", "cleo"];
    expect(orderTiles([me, anna, ben, cleo, dora], before, 3).slice(0, 3)).toEqual([
      "me",
      "dora",
      "ben",
    ]);
  });

  it("moves a speaker to the first page, in the place of the person who was silent for longest", () => {
    const people = [me, { ...anna, lastSpokeAt: 9 }, { ...ben, lastSpokeAt: 5 }, speaking(dora)];
    expect(orderTiles(people, ["me", "anna", "ben", "dora"], 3)).toEqual([
      "me",
      "anna",
      "dora",
      "ben",
    ]);
  });

  it("does not move speakers on the first page", () => {
    const people = [me, speaking(anna), speaking(ben), cleo, speaking(dora)];
    expect(orderTiles(people, ["me", "anna", "ben"], 3).slice(0, 3)).toEqual(["me", "anna", "ben"]);
  });

  it("never moves the local participant to another page", () => {
    const people = [me, speaking(anna), speaking(ben), speaking(cleo)];
    expect(orderTiles(people, [], 2)[0]).toBe("me");
  });

  it("gives the places of those who left to the next", () => {
    expect(orderTiles([me, ben, cleo, dora], ["me", "anna", "ben", "cleo"], 3)).toEqual([
      "me",
      "ben",
      "cleo",
      "dora",
    ]);
  });

  it("loses and doubles nobody", () => {
    const people = [me, speaking(anna), ben, speaking(cleo), dora];
    for (let size = 1; size <= 6; size++) {
      expect(orderTiles(people, ["dora", "gone", "ben"], size).sort()).toEqual(
        ["anna", "ben", "cleo", "dora", "me"].sort(),
      );
    }
  });
});

describe("the active speaker", () => {
  it("is kept while they speak, also when somebody else is louder", () => {
    expect(activeSpeaker([me, speaking(anna, 0.1), speaking(ben, 0.9)], "anna")).toBe("anna");
  });

  it("is the loudest when they stop", () => {
    expect(activeSpeaker([me, anna, speaking(ben, 0.3), speaking(cleo, 0.4)], "anna")).toBe("cleo");
  });

  it("is kept during silence", () => {
    expect(activeSpeaker([me, anna, ben], "ben")).toBe("ben");
  });

  it("is never the local participant while there are others", () => {
    expect(activeSpeaker([speaking(me), anna], null)).toBe("anna");
    expect(activeSpeaker([me, anna], "me")).toBe("anna"); // who was alone until now
    expect(activeSpeaker([speaking(me), anna], "me")).toBe("anna");
  });

  it("is somebody else when they left", () => {
    expect(activeSpeaker([me, anna], "ben")).toBe("anna");
  });

  it("is the local participant when alone, and nobody in an empty room", () => {
    expect(activeSpeaker([me], null)).toBe("me");
    expect(activeSpeaker([], "anna")).toBeNull();
  });
});
