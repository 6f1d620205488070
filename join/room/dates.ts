/** Days on pages that the server renders, in the format of the preview; without a script the server's stands there. */

import { formatDay, regionalLocale } from "./lobby/start-time";

const locale = regionalLocale(document.documentElement.lang, navigator.languages);
for (const day of document.querySelectorAll<HTMLTimeElement>("time[data-day]")) {
  day.textContent = formatDay(day.dateTime, locale, new Date());
}
