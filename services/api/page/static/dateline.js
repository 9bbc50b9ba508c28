// What the page gains from JavaScript: ages that tick, headlines that arrive, keys. It is complete without.
// age, group and timeTitle follow services/api/ages.py and page/times.py; one table tests both.

const MINUTE = 60_000, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const TAGS = 4, SUMMARY_CHARS = 220, SETTLE_MS = 1_500, STORY_MS = 800, MOST_PENDING = 100, MOST_SHOWN = 300;
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

/** The address of a tag's or a source's page, as page/places.py has it. */
export function placeOf(kind, key) {
  const part = encodeURIComponent(key.toWellFormed?.() ?? key);
  return /^\.*$/.test(key) ? `/?${kind}=${part}` : `/${kind}/${part}`;
}

const several = (count, what) => `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`;

/** Who else tells a story of the API's form, as page/headline.py has it; nothing where nobody does. */
export function alsoIn({ size, sources }) {
  if (sources > 1) return `also in ${several(sources - 1, "source")}`;
  return size > 1 ? several(size - 1, "more article") : "";
}

/** How much is told of a story, as page/story.py has it. */
export function counts({ size, sources }) {
  return `${several(size, "article")} from ${several(sources, "source")}`;
}

const oneLine = (text) => text.split(/\s+/).filter(Boolean).join(" ");
const bare = (text) => oneLine(text).toLowerCase().replace(/[.… ]+$/, "");

function teaser(summary, title) {
  const text = oneLine(summary ?? "");
  if (bare(text) === bare(title)) return "";
  const letters = Array.from(text);
  if (letters.length <= SUMMARY_CHARS) return text;
  const cut = letters.slice(0, SUMMARY_CHARS).join("");
  return cut.slice(0, cut.includes(" ") ? cut.lastIndexOf(" ") : undefined).replace(/[ ,.;:–—-]+$/, "") + "…";
}

// The server's clock, so that a reader's wrong clock gives no wrong ages. A page from the browser's history is
// older than its clock, so there the reader's own is taken.
const arrivedNow = ["navigate", "reload"].includes(performance.getEntriesByType("navigation")[0]?.type);
const skew = arrivedNow ? Date.parse(document.body.dataset.now) - Date.now() : 0;
const clock = () => Date.now() + skew;

const $ = (id) => document.getElementById(id);
const list = $("headlines"), button = $("arrivals");
const entries = () => [...list.querySelectorAll(".headline")];
const entryOf = (id) => list.querySelector(`.headline[data-id="${CSS.escape(id)}"]`);
const timeOf = (entry) => Date.parse(entry.dataset.time);
const inOrderOfTime = list?.dataset.order === "published", folds = list?.dataset.fold;
const joined = new Map(), stories = new Map(); // which story an article came to since the page was made, and how that is

/** Do something to the list, and leave what is being read and what has the focus where it is. */
function keepingPlace(change) {
  const reading = list.getBoundingClientRect().top < 0
    ? entries().find((entry) => entry.getBoundingClientRect().bottom > 0) : undefined;
  const before = reading?.getBoundingClientRect().top, focused = document.activeElement;
  change();
  if (focused !== document.activeElement && list.contains(focused)) focused.focus({ preventScroll: true });
  if (reading) scrollBy({ top: reading.getBoundingClientRect().top - before, behavior: "instant" });
  return Boolean(reading);
}

/** Write an article of the API's headline form into an entry, as templates/headline.html does. */
function fill(entry, article) {
  const [heading, summary, about] = ["h3", ".summary", ".about"].map((part) => entry.querySelector(part));
  const link = heading.querySelector("a"), stamp = entry.querySelector("time"), also = about.querySelector(".also");
  const told = list.dataset.story ? null : storyOf(article);
  const marked = entry.dataset.marked && Number(entry.dataset.revision) === article.revision;
  Object.assign(entry.dataset, { id: article.id, time: article.time, revision: article.revision });
  entry.dataset.story = list.dataset.story ?? told?.id ?? "";
  for (const part of [heading, summary]) article.language ? (part.lang = article.language) : part.removeAttribute("lang");
  link.href = `/articles/${encodeURIComponent(article.id)}`;
  const title = oneLine(article.title) || "Untitled", teased = teaser(article.summary, article.title);
  if (!marked || title !== link.textContent) {
    link.textContent = title;
    summary.textContent = teased;
    summary.hidden = !teased;
    delete entry.dataset.marked;
  }
  stamp.setAttribute("datetime", article.time);
  stamp.title = timeTitle(article.time, article.time_method);
  stamp.textContent = age(Date.parse(article.time), clock());
  stamp.parentElement.classList.toggle("undated", article.enriched && article.time_method === "first_seen");
  const labels = new Map(article.tags.toReversed().map((tag) => [tag.label.toLowerCase(), tag]));
  const tags = article.tags.filter((tag) => labels.get(tag.label.toLowerCase()) === tag).slice(0, TAGS);
  const place = (kind, href, label) =>
    Object.assign(document.createElement("a"), { className: kind, href, textContent: label });
  about.replaceChildren(place("source", placeOf("source", article.source.id), article.source.name),
    ...tags.flatMap((tag) => [" ", place("tag", placeOf("tag", tag.slug), tag.label)]), ...(also ? [" ", also] : []));
  if (told) tellOthers(entry, told);
}

/** The story of an article as it was told of last; what was heard of it may be ahead of what stands in the article. */
function storyOf(article) {
  const id = joined.get(article.id) ?? article.story?.id, heard = stories.get(id);
  return heard && !(article.story?.id === id && article.story.size > heard.size) ? heard : article.story;
}

/** Say in an entry who else tells its story. */
function tellOthers(entry, story) {
  const about = entry.querySelector(".about"), words = alsoIn(story);
  if (!words) return;
  const link = about.querySelector(".also") ?? Object.assign(document.createElement("a"), { className: "also" });
  if (!link.parentElement) about.append(" ", link);
  if (link.textContent && link.textContent !== words) link.classList.add("grown");
  link.href = `/stories/${encodeURIComponent(story.id)}`;
  link.textContent = words;
}

function section(label, before) {
  const made = Object.assign(document.createElement("section"), { className: "group" });
  made.dataset.group = label;
  made.append(Object.assign(document.createElement("h2"), { textContent: label }));
  list.insertBefore(made, before);
  return made;
}

/** Put an entry where its time belongs. */
function place(entry) {
  entry.remove();
  const label = group(timeOf(entry), clock()), all = entries();
  const at = all.findIndex((other) => timeOf(other) <= timeOf(entry));
  const next = all[at], last = all.at(at < 0 ? -1 : at - 1), previous = at === 0 ? undefined : last;
  if (next?.parentElement.dataset.group === label) next.before(entry);
  else if (previous?.parentElement.dataset.group === label) previous.after(entry);
  else section(label, next?.parentElement ?? null).append(entry);
}

function tidy() {
  for (const part of [...list.children]) if (!part.querySelector(".headline")) part.remove();
  const lead = list.querySelector(".lead"), first = list.querySelector(".headline");
  if (lead && lead !== first) lead.classList.remove("lead"), first.classList.add("lead");
}

/** Let the ages go on, and move entries on from "Last hour" to "Today" and so forth. */
function tick() {
  const now = clock();
  for (const stamp of document.querySelectorAll(".age time, time[data-age]"))
    if (stamp.dateTime) stamp.textContent = age(Date.parse(stamp.dateTime), now);
  if (!list || !inOrderOfTime) return;
  const moved = entries().reverse().filter((entry) => entry.parentElement.dataset.group !== group(timeOf(entry), now));
  if (moved.length) keepingPlace(() => (moved.forEach(place), tidy()));
}

// Arrivals: offered by a button, never pushed in. A new article waits a moment for its enrichment, which may
// give it another time and so another place.
const pending = new Map(), settling = new Map();
const pageTitle = document.title;
let overflow = false, saying;

function belongs(article) {
  const last = entries().at(-1);
  return !last || list.dataset.older === "no" || Date.parse(article.time) >= timeOf(last);
}

function offer(article) {
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
function settle(article, ms) {
  clearTimeout(settling.get(article.id)?.timer);
  settling.set(article.id, { article, timer: setTimeout(offer, ms, article) });
}

/** A story has changed: its counts grow where it stands, and what came to it is offered where it does not. */
function hearStory(story) {
  const id = story.into ?? story.id;
  if (!story.into) stories.set(id, { id, size: story.size, sources: story.sources });
  for (const article of story.joined) joined.set(article, id);
  for (const [article, of] of joined) if (of === story.id) joined.set(article, id);
  keepingPlace(() => {
    for (const entry of entries()) {
      if (story.joined.includes(entry.dataset.id)) entry.dataset.story = id;
      else if (entry.dataset.story !== story.id) continue;
      entry.dataset.story = id;
      if (story.into || list.dataset.story) continue;
      tellOthers(entry, story);
      if (list.dataset.order === "momentum") retell(entry, story.last);
    }
  });
  if (list.dataset.story) return hearOwnStory(story);
  for (const article of story.joined) {
    const held = pending.get(article) ?? settling.get(article)?.article;
    if (held) offer(held);
  }
}

function retell(entry, last) {
  const stamp = entry.querySelector("time"), date = new Date(last);
  entry.dataset.time = last;
  stamp.setAttribute("datetime", last);
  stamp.title = `${timeTitle(last, "").split(" UTC")[0]} UTC, when its latest article was first seen`;
  stamp.textContent = age(date.getTime(), clock());
}

/** On a story's own page: what has joined it is asked for, as the stream tells of its articles before they join. */
async function hearOwnStory(story) {
  if (story.into || story.id !== list.dataset.story) return;
  $("counts").textContent = counts(story);
  $("last").setAttribute("datetime", story.last);
  $("last").textContent = age(Date.parse(story.last), clock());
  for (const id of story.joined.filter((one) => !entryOf(one))) {
    const answer = await fetch(`/v1/articles/${encodeURIComponent(id)}`);
    if (answer.ok) offer(await answer.json());
  }
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

const handlers = {
  article: (article) => article.enriched ? handlers.enrichment(article) : settle(article, SETTLE_MS),
  revision: (article) => pending.has(article.id) || settling.has(article.id) ? handlers.enrichment(article) : undefined,
  // Where stories are folded it waits for its own, which is told of right after.
  enrichment: (article) => folds === "story" && !article.story ? settle(article, STORY_MS) : offer(article),
};

function hear(kind, article) {
  if (kind === "story") return hearStory(article);
  const entry = entryOf(article.id);
  if (!entry) return list.dataset.story ? undefined : handlers[kind](article);
  if (article.revision < Number(entry.dataset.revision)) return;
  keepingPlace(() => {
    const moves = entry.dataset.time !== article.time;
    fill(entry, article);
    if (moves) place(entry), tidy();
  });
}

let stream, position = document.body.dataset.position, pause = 1_000;

function connect() {
  const url = new URL(document.body.dataset.stream, location.href);
  url.searchParams.set("since", position);
  stream = new EventSource(url);
  stream.onopen = () => (pause = 1_000, status("Live", ""));
  stream.onerror = () => {
    status("Reconnecting", "waiting");
    if (stream.readyState !== EventSource.CLOSED) return;
    setTimeout(connect, pause);
    pause = Math.min(2 * pause, MINUTE);
  };
  for (const kind of [...Object.keys(handlers), "story"])
    stream.addEventListener(kind, (event) => {
      position = event.lastEventId || position;
      hear(kind, JSON.parse(event.data));
    });
}

function status(text, kind) {
  Object.assign($("status"), { textContent: text, hidden: false, className: `status ${kind}` });
}

// Keys
function step(by) {
  const links = [...document.querySelectorAll(".headline h3 a")];
  const at = links.findIndex((link) => link.closest(".headline").contains(document.activeElement));
  const inView = links.findIndex((link) => link.getBoundingClientRect().top >= 0);
  const link = links[at < 0 ? Math.max(inView, 0) : Math.min(Math.max(at + by, 0), links.length - 1)];
  link?.focus({ preventScroll: true });
  link?.closest(".headline").scrollIntoView({ block: "nearest" });
}

const keys = {
  j: () => step(1),
  k: () => step(-1),
  o: () => (document.activeElement.closest(".headline")?.querySelector("h3 a")
    ?? document.querySelector(".source-link a"))?.click(),
  n: () => button && !button.hidden && button.click(),
  "/": () => $("q").focus(),
  "?": () => $("help").open ? $("help").close() : $("help").showModal(),
};
$("keys-hint")?.removeAttribute("hidden");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  if (!Object.hasOwn(keys, event.key) || ($("help").open && event.key !== "?")) return;
  event.preventDefault();
  keys[event.key]();
});

document.addEventListener("visibilitychange", () => document.hidden || tick());
setInterval(tick, 30_000);
if (list && document.body.dataset.stream) {
  connect();
  addEventListener("pagehide", () => stream.close());
  addEventListener("pageshow", (event) => event.persisted && (tick(), connect()));
}
