// Arrivals: offered by a button, never pushed in. A new article waits a moment for its enrichment, which may
// give it another time and so another place.

import { fill, storyOf } from "./entry.js";
import { $, button, entries, folds, keepingPlace, list, timeOf } from "./list.js";
import { place, tidy } from "./order.js";

const MOST_PENDING = 100, MOST_SHOWN = 300;
export const pending = new Map(), settling = new Map();
const pageTitle = document.title;
let overflow = false, saying;

function belongs(article) {
  const last = entries().at(-1);
  return !last || list.dataset.older === "no" || Date.parse(article.time) >= timeOf(last);
}

export function offer(article) {
  clearTimeout(settling.get(article.id)?.timer);
  settling.delete(article.id);
  // What repeats another, or tells on of a story: it stands there already, by who told it first.
  const story = storyOf(article)?.id;
  const told = (article.repeats && folds) || (story && folds === "story" && !list.dataset.story && stands(story, article));
  if (told || !belongs(article)) return pending.delete(article.id) && invite();
  if (pending.size < MOST_PENDING || pending.has(article.id)) pending.set(article.id, article);
  else overflow = true;
  invite();
}

const stands = (story, article) => entries().some((entry) => entry.dataset.story === story)
  || [...pending.values()].some((one) => one.id !== article.id && storyOf(one)?.id === story);

/** Offer it in a moment, unless something more is heard of it before. */
export function settle(article, ms) {
  clearTimeout(settling.get(article.id)?.timer);
  settling.set(article.id, { article, timer: setTimeout(offer, ms, article) });
}

function invite() {
  const count = pending.size, words = `${count}${overflow ? "+" : ""} new headline${count === 1 ? "" : "s"}`;
  button.hidden = !count;
  button.textContent = `${words} — show`;
  button.onclick = show;
  document.title = count ? `(${count}) ${pageTitle}` : pageTitle;
  clearTimeout(saying);
  saying = setTimeout(() => ($("announce").textContent = count ? words : ""), 1_000);
}

function show() {
  if (overflow || entries().length + pending.size > MOST_SHOWN) return location.reload();
  const hadFocus = document.activeElement === button, made = [];
  const away = keepingPlace(() => {
    for (const article of pending.values()) {
      const entry = $("blank").content.firstElementChild.cloneNode(true);
      fill(entry, article);
      entry.classList.add("new");
      place(entry);
      made.push(entry);
    }
    tidy();
    $("nothing")?.remove();
  });
  pending.clear();
  invite();
  const first = entries().find((entry) => made.includes(entry))?.querySelector("h3 a");
  if (!away) return hadFocus && first?.focus({ preventScroll: true });
  button.hidden = false;
  button.textContent = "Go to the newest ↑";
  button.onclick = () => (scrollTo({ top: 0 }), first?.focus({ preventScroll: true }), invite());
}
