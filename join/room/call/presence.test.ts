import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Presence } from "./presence";

let news: string[];
let presence: Presence;

const names = (...all: string[]) => new Map(all.map((name) => [name.toLowerCase(), name]));
const pass = (milliseconds: number) => vi.advanceTimersByTime(milliseconds);

beforeEach(() => {
  vi.useFakeTimers();
  news = [];
  presence = new Presence(
    names("Me"),
    { grace: 3_000, gather: 1_500 },
    {
      came: (all) => news.push(`+ ${all.join(" ")}`),
      went: (all) => news.push(`- ${all.join(" ")}`),
    },
  );
});

afterEach(() => {
  presence.stop();
  vi.useRealTimers();
});

describe("who comes", () => {
  it("is told after a moment", () => {
    presence.see(names("Me", "Anna"));
    pass(1_499);
    expect(news).toEqual([]);
    pass(1);
    expect(news).toEqual(["+ Anna"]);
  });

  it("is told together with those who come soon after", () => {
    presence.see(names("Me", "Anna"));
    pass(1_000);
    presence.see(names("Me", "Anna", "Ben"));
    pass(500);
    expect(news).toEqual(["+ Anna Ben"]);
  });

  it("later is told for themselves", () => {
    presence.see(names("Me", "Anna"));
    pass(2_000);
    presence.see(names("Me", "Anna", "Ben"));
    pass(2_000);
    expect(news).toEqual(["+ Anna", "+ Ben"]);
  });

  it("is told once, however often they are seen", () => {
    for (let i = 0; i < 5; i++) {
      presence.see(names("Me", "Anna"));
      pass(1_000);
    }
    expect(news).toEqual(["+ Anna"]);
  });

  it("and goes at once is not told at all", () => {
    presence.see(names("Me", "Anna"));
    pass(500);
    presence.see(names("Me"));
    pass(20_000);
    expect(news).toEqual([]);
  });
});

describe("who goes", () => {
  beforeEach(() => {
    presence.see(names("Me", "Anna", "Ben", "Cem"));
    pass(10_000);
    news.length = 0;
  });

  it("is told once they stay away", () => {
    presence.see(names("Me", "Ben", "Cem"));
    pass(4_499);
    expect(news).toEqual([]);
    pass(1);
    expect(news).toEqual(["- Anna"]);
  });

  it("and comes back soon is not told: they were reconnecting", () => {
    presence.see(names("Me", "Ben", "Cem"));
    pass(2_900);
    presence.see(names("Me", "Anna", "Ben", "Cem"));
    pass(20_000);
    expect(news).toEqual([]);
  });

  it("and comes back late is told both times", () => {
    presence.see(names("Me", "Ben", "Cem"));
    pass(10_000);
    presence.see(names("Me", "Anna", "Ben", "Cem"));
    pass(10_000);
    expect(news).toEqual(["- Anna", "+ Anna"]);
  });

  it("is told together with those who went soon after", () => {
    presence.see(names("Me", "Ben", "Cem"));
    pass(1_000);
    presence.see(names("Me", "Cem"));
    pass(20_000);
    expect(news).toEqual(["- Anna Ben"]);
  });

  it("has the whole time to come back, whoever went before", () => {
    presence.see(names("Me", "Ben", "Cem"));
    pass(2_500);
    presence.see(names("Me", "Cem"));
    pass(2_900);
    presence.see(names("Me", "Ben", "Cem"));
    pass(20_000);
    expect(news).toEqual(["- Anna"]);
  });

  it("for the second time within a moment has the whole time again", () => {
    presence.see(names("Me", "Ben", "Cem"));
    pass(2_000);
    presence.see(names("Me", "Anna", "Ben", "Cem"));
    pass(1_000);
    presence.see(names("Me", "Ben", "Cem"));
    pass(2_900);
    presence.see(names("Me", "Anna", "Ben", "Cem"));
    pass(20_000);
    expect(news).toEqual([]);
  });

  it("is told by the name that they had last", () => {
    presence.see(new Map([...names("Me", "Ben", "Cem"), ["anna", "Anna K."]]));
    presence.see(names("Me", "Ben", "Cem"));
    pass(20_000);
    expect(news).toEqual(["- Anna K."]);
  });
});

describe("what is watched no longer", () => {
  it("tells nothing more", () => {
    presence.see(names("Me", "Anna"));
    presence.stop();
    pass(20_000);
    expect(news).toEqual([]);
  });
});
