import { describe, expect, it } from "vitest";
import { formatDay, formatStart, regionalLocale } from "./start-time";

const NOW = new Date("2026-03-01T12:00:00Z");
const START = "2026-03-05T18:30:00Z";

describe("the start", () => {
  it("is in the person's time zone", () => {
    expect(formatStart(START, "en", NOW, "Asia/Kolkata")).toMatch(
      /^Friday, March 6 at 12:00.AM GMT\+5:30$/,
    );
    expect(formatStart(START, "en", NOW, "UTC")).toMatch(/^Thursday, March 5 at 6:30.PM UTC$/);
  });

  it.each([
    ["de", "Donnerstag, 5. März um 19:30 MEZ"],
    ["fr", "jeudi 5 mars à 19:30 UTC+1"],
    ["es", "jueves, 5 de marzo, 19:30 CET"],
  ])("is in the page's language: %s", (language, said) => {
    expect(formatStart(START, language, NOW, "Europe/Berlin")).toBe(said);
  });

  it("is in the browser's locale", () => {
    expect(regionalLocale("en", ["de-DE", "en-GB", "en"])).toBe("en-GB");
    expect(regionalLocale("en", ["de-DE"])).toBe("en");
    expect(formatStart(START, "en-GB", NOW, "UTC")).toContain("18:30");
  });

  it("names the year when that is another one", () => {
    expect(formatStart("2027-01-02T10:00:00Z", "en", NOW, "UTC")).toContain("2027");
    expect(formatStart(START, "en", NOW, "UTC")).not.toContain("2026");
  });
});

describe("a day", () => {
  it.each(["en", "en-GB", "de", "fr", "es", "hi"])("begins as a start does: %s", (language) => {
    const day = formatDay("2026-03-05", language, NOW);
    expect(formatStart(START, language, NOW, "UTC").startsWith(day)).toBe(true);
  });

  it("names the year when that is another one", () => {
    expect(formatDay("2025-12-31", "en", NOW)).toBe("Wednesday, December 31, 2025");
  });
});
