// Stories grow while one reads.

import { age, timeTitle } from "./ages.js";
import { offer, pending, settling } from "./arrivals.js";
import { joined, stories, tellOthers } from "./entry.js";
import { $, clock, entries, entryOf, keepingPlace, list } from "./list.js";
import { counts } from "./words.js";

/** A story has changed: its counts grow where it stands, and what came to it is offered where it does not. */
export function hearStory(story) {
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
