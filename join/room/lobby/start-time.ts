/** The start of a meeting, formatted for the person's time zone and locale. */

/** The browser's locale for the page's language: "en-GB" and "en-US" write times differently. */
export function regionalLocale(language: string, preferred: readonly string[]): string {
  return preferred.find((one) => one.split("-")[0] === language) ?? language;
}

const DAY = { weekday: "long", day: "numeric", month: "long" } as const;

export function formatStart(startsAt: string, language: string, now: Date, zone?: string): string {
  const start = new Date(startsAt);
  return new Intl.DateTimeFormat(language, {
    ...DAY,
    year: yearUnless(now, start, zone),
    hour: "numeric",
    minute: "2-digit",
    timeZoneName: "short",
    timeZone: zone,
  }).format(start);
}

/** A day such as "2026-03-01", in the same words. */
export function formatDay(day: string, language: string, now: Date): string {
  const date = new Date(day); // its midnight in UTC
  const year = yearUnless(now, date, "UTC");
  return new Intl.DateTimeFormat(language, { ...DAY, year, timeZone: "UTC" }).format(date);
}

function yearUnless(now: Date, date: Date, zone?: string): "numeric" | undefined {
  const year = (one: Date) => one.toLocaleDateString("en", { year: "numeric", timeZone: zone });
  return year(date) === year(now) ? undefined : "numeric";
}
