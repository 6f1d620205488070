/** A moment in a person's own time zone and language. */

/** The page's language as it is written where the person lives: with 24 hours or 12, for one. */
export function regional(language: string, preferred: readonly string[]): string {
  return preferred.find((one) => one.split("-")[0] === language) ?? language;
}

export function sayWhen(startsAt: string, language: string, now: Date, zone?: string): string {
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
