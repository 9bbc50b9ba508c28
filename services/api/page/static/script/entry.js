// One headline, filled in from what the API or the live stream tells.

import { age, timeTitle } from "./ages.js";
import { clock, list } from "./list.js";
import { alsoIn, oneLine, placeOf, teaser } from "./words.js";

const TAGS = 4;

/** Which story an article came to since the page was made, and how that story is. */
export const joined = new Map(), stories = new Map();

/** Write an article of the API's headline form into an entry, as templates/headline.html does. */
export function fill(entry, article) {
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
export function storyOf(article) {
  const id = joined.get(article.id) ?? article.story?.id, heard = stories.get(id);
  return heard && !(article.story?.id === id && article.story.size > heard.size) ? heard : article.story;
}

/** Say in an entry who else tells its story. */
export function tellOthers(entry, story) {
  const about = entry.querySelector(".about"), words = alsoIn(story);
  if (!words) return;
  const link = about.querySelector(".also") ?? Object.assign(document.createElement("a"), { className: "also" });
  if (!link.parentElement) about.append(" ", link);
  if (link.textContent && link.textContent !== words) link.classList.add("grown");
  link.href = `/stories/${encodeURIComponent(story.id)}`;
  link.textContent = words;
}
