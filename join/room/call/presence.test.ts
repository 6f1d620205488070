import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Presence } from "./presence";

let reports: string[];
let presence: Presence;

const names = (...all: string[]) => new Map(all.map((name) => [name.toLowerCase(), name]));
const pass = (milliseconds: number) => vi.advanceTimersByTime(milliseconds);

beforeEach(() => {
  vi.useFakeTimers();
  reports = [];
  presence = new Presence(
    names("Me"),
    { grace: 3_000, batch: 1_500 },
    {
      onJoined: (all) => reports.push(`+ ${all.join(" ")}`),
      onLeft: (all) => reports.push(`- ${all.join(" ")}`),
    },
  );
});

afterEach(() => {
  presence.stop();
  vi.useRealTimers();
});

describe("a join", () => {
  it("is reported after a moment", () => {
    presence.update(names("Me", "Anna"));
    pass(1_499);
    expect(reports).toEqual([]);
    pass(1);
    expect(reports).toEqual(["+ Anna"]);
  });

  it("is reported together with those soon after it", () => {
    presence.update(names("Me", "Anna"));
    pass(1_000);
    presence.update(names("Me", "Anna", "Ben"));
    pass(500);
    expect(reports).toEqual(["+ Anna Ben"]);
  });

  it("that is later is reported by itself", () => {
    presence.update(names("Me", "Anna"));
    pass(2_000);
    presence.update(names("Me", "Anna", "Ben"));
    pass(2_000);
    expect(reports).toEqual(["+ Anna", "+ Ben"]);
  });

  it("is reported once, however often the state is updated", () => {
    for (let i = 0; i < 5; i++) {
      presence.update(names("Me", "Anna"));
      pass(1_000);
    }
    expect(reports).toEqual(["+ Anna"]);
  });

  it("followed by a leave at once is not reported", () => {
    presence.update(names("Me", "Anna"));
    pass(500);
    presence.update(names("Me"));
    pass(20_000);
    expect(reports).toEqual([]);
  });
});

describe("a leave", () => {
  beforeEach(() => {
    presence.update(names("Me", "Anna", "Ben", "Cem"));
    pass(10_000);
    reports.length = 0;
  });

  it("is reported after the grace period", () => {
    presence.update(names("Me", "Ben", "Cem"));
    pass(4_499);
    expect(reports).toEqual([]);
    pass(1);
    expect(reports).toEqual(["- Anna"]);
  });

  it("followed by a join soon is not reported: they were reconnecting", () => {
    presence.update(names("Me", "Ben", "Cem"));
    pass(2_900);
    presence.update(names("Me", "Anna", "Ben", "Cem"));
    pass(20_000);
    expect(reports).toEqual([]);
  });

  it("followed by a join late is reported, and so is the join", () => {
    presence.update(names("Me", "Ben", "Cem"));
    pass(10_000);
    presence.update(names("Me", "Anna", "Ben", "Cem"));
    pass(10_000);
    expect(reports).toEqual(["- Anna", "+ Anna"]);
  });

  it("is reported together with those soon after it", () => {
    presence.update(names("Me", "Ben", "Cem"));
    pass(1_000);
    presence.update(names("Me", "Cem"));
    pass(20_000);
    expect(reports).toEqual(["- Anna Ben"]);
  });

  it("has the whole grace period, whoever left before", () => {
    presence.update(names("Me", "Ben", "Cem"));
    pass(2_500);
    presence.update(names("Me", "Cem"));
    pass(2_900);
    presence.update(names("Me", "Ben", "Cem"));
    pass(20_000);
    expect(reports).toEqual(["- Anna"]);
  });

  it("for the second time has the whole grace period again", () => {
    presence.update(names("Me", "Ben", "Cem"));
    pass(2_000);
    presence.update(names("Me", "Anna", "Ben", "Cem"));
    pass(1_000);
    presence.update(names("Me", "Ben", "Cem"));
    pass(2_900);
    presence.update(names("Me", "Anna", "Ben", "Cem"));
    pass(20_000);
    expect(reports).toEqual([]);
  });

  it("is reported with the latest name", () => {
    presence.update(new Map([...names("Me", "Ben", "Cem"), ["anna", "Anna K."]]));
    presence.update(names("Me", "Ben", "Cem"));
    pass(20_000);
    expect(reports).toEqual(["- Anna K."]);
  });
});

describe("after stop", () => {
  it("nothing is reported", () => {
    presence.update(names("Me", "Anna"));
    presence.stop();
    pass(20_000);
    expect(reports).toEqual([]);
  });
});
