/** The start of a meeting, formatted for the person's time zone and locale. */

/** The browser's locale for the page's language: "en-GB" and "en-US" write times differently. */
export function regionalLocale(language: string, preferred: readonly string[]): string {
  return preferred.find((one) => one.split("-")[0] === language) ?? language;
}

export function formatStart(startsAt: string, language: string, now: Date, zone?: string): string {
  const start = new Date(startsAt);
  const year = (date: Date) => date.toLocaleDateString("en", { year: "numeric", timeZone: zone });
  return new Intl.DateTimeFormat(language, {
    weekday: "long",
    day: "numeric",
    month: "long",
    year: year(start) === year(now) ? undefined : "numeric",
    hour: "numeric",
    minute: "2-digit",
    timeZoneName: "short",
    timeZone: zone,
  }).format(start);
}
