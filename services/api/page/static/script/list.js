// The list of headlines as it stands on the page, and the time there.

// The server's clock, so that a reader's wrong clock gives no wrong ages. A page from the browser's history is
// older than its clock, so there the reader's own is taken.
const arrivedNow = ["navigate", "reload"].includes(performance.getEntriesByType("navigation")[0]?.type);
const skew = arrivedNow ? Date.parse(document.body.dataset.now) - Date.now() : 0;
export const clock = () => Date.now() + skew;

export const $ = (id) => document.getElementById(id);
export const list = $("headlines"), button = $("arrivals");
export const entries = () => [...list.querySelectorAll(".headline")];
export const entryOf = (id) => list.querySelector(`.headline[data-id="${CSS.escape(id)}"]`);
export const timeOf = (entry) => Date.parse(entry.dataset.time);
export const inOrderOfTime = list?.dataset.order === "published", folds = list?.dataset.fold;

/** Do something to the list, and leave what is being read and what has the focus where it is. */
export function keepingPlace(change) {
  const reading = list.getBoundingClientRect().top < 0
    ? entries().find((entry) => entry.getBoundingClientRect().bottom > 0) : undefined;
  const before = reading?.getBoundingClientRect().top, focused = document.activeElement;
  change();
  if (focused !== document.activeElement && list.contains(focused)) focused.focus({ preventScroll: true });
  if (reading) scrollBy({ top: reading.getBoundingClientRect().top - before, behavior: "instant" });
  return Boolean(reading);
}
