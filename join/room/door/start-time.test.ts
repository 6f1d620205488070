import { describe, expect, it } from "vitest";
import { regional, sayWhen } from "./start-time";

const NOW = new Date("2026-03-01T12:00:00Z");
const START = "2026-03-05T18:30:00Z";

describe("the start", () => {
  it("is told in the person's own time zone", () => {
    expect(sayWhen(START, "en", NOW, "Asia/Kolkata")).toMatch(
      /^Friday, March 6 at 12:00.AM GMT\+5:30$/,
    );
    expect(sayWhen(START, "en", NOW, "UTC")).toMatch(/^Thursday, March 5 at 6:30.PM UTC$/);
  });

  it.each([
    ["de", "Donnerstag, 5. März um 19:30 MEZ"],
    ["fr", "jeudi 5 mars à 19:30 UTC+1"],
    ["es", "jueves, 5 de marzo, 19:30 CET"],
  ])("is told in the page's language: %s", (language, said) => {
    expect(sayWhen(START, language, NOW, "Europe/Berlin")).toBe(said);
  });

  it("is written as it is where the person lives", () => {
    expect(regional("en", ["de-DE", "en-GB", "en"])).toBe("en-GB");
    expect(regional("en", ["de-DE"])).toBe("en");
    expect(sayWhen(START, "en-GB", NOW, "UTC")).toContain("18:30");
  });

  it("names the year when that is another one", () => {
    expect(sayWhen("2027-01-02T10:00:00Z", "en", NOW, "UTC")).toContain("2027");
    expect(sayWhen(START, "en", NOW, "UTC")).not.toContain("2026");
  });
});
