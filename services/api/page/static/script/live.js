// What the live stream tells.

import { MINUTE } from "./ages.js";
import { offer, pending, settle, settling } from "./arrivals.js";
import { fill } from "./entry.js";
import { hearStory } from "./growth.js";
import { $, entryOf, folds, keepingPlace, list } from "./list.js";
import { place, tidy } from "./order.js";

const SETTLE_MS = 1_500, STORY_MS = 800;

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

export let stream;
let position = document.body.dataset.position, pause = 1_000;

export function connect() {
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
