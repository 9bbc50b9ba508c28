// Ages, days and what a moment is, as services/api/ages.py and page/times.py have them; one table tests both.

export const MINUTE = 60_000, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
  "November", "December"];
const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** The age of a moment at another, both in ms since 1970. */
export function age(time, now) {
  const ms = now - time;
  const ago = (count, unit) => `${count} ${unit}${count === 1 ? "" : "s"} ago`;
  if (ms < MINUTE) return "just now";
  if (ms < HOUR) return ago(Math.floor(ms / MINUTE), "min");
  if (ms < 2 * HOUR) return "about 1 hour ago";
  if (ms < DAY) return ago(Math.floor(ms / HOUR), "hour");
  return ago(Math.floor(ms / DAY), "day");
}

/** The heading that a headline stands under; days are UTC's. */
export function group(time, now) {
  if (now - time < HOUR) return "Last hour";
  const days = Math.floor(now / DAY) - Math.floor(time / DAY);
  const date = new Date(time);
  return ["Today", "Yesterday"][days] ?? `${DAYS[date.getUTCDay()]} ${day(date)}`;
}

const day = (date) => `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;

/** Which moment a headline's age stands for, and how that was found. */
export function timeTitle(time, method) {
  const date = new Date(time);
  const two = (number) => String(number).padStart(2, "0");
  const plain = { first_seen: "when it was first seen", url: "from the day in its address" };
  const found = method.startsWith("feed:") ? `from the feed’s ${method.slice(5)}`
    : method.startsWith("page:") ? `from ${method.slice(5)} of its own page`
    : plain[method] || `by ${method}`;
  return `${day(date)}, ${two(date.getUTCHours())}:${two(date.getUTCMinutes())} UTC, ${found}`;
}
