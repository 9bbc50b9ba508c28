// Where headlines stand: by time, under headings that go with the clock.

import { age, group } from "./ages.js";
import { clock, entries, inOrderOfTime, keepingPlace, list, timeOf } from "./list.js";

function section(label, before) {
  const made = Object.assign(document.createElement("section"), { className: "group" });
  made.dataset.group = label;
  made.append(Object.assign(document.createElement("h2"), { textContent: label }));
  list.insertBefore(made, before);
  return made;
}

/** Put an entry where its time belongs. */
export function place(entry) {
  entry.remove();
  const label = group(timeOf(entry), clock()), all = entries();
  const at = all.findIndex((other) => timeOf(other) <= timeOf(entry));
  const next = all[at], last = all.at(at < 0 ? -1 : at - 1), previous = at === 0 ? undefined : last;
  if (next?.parentElement.dataset.group === label) next.before(entry);
  else if (previous?.parentElement.dataset.group === label) previous.after(entry);
  else section(label, next?.parentElement ?? null).append(entry);
}

/** Drop headings without headlines, and lead with the first. */
export function tidy() {
  for (const part of [...list.children]) if (!part.querySelector(".headline")) part.remove();
  const lead = list.querySelector(".lead"), first = list.querySelector(".headline");
  if (lead && lead !== first) lead.classList.remove("lead"), first.classList.add("lead");
}

/** Let the ages go on, and move entries on from "Last hour" to "Today" and so forth. */
export function tick() {
  const now = clock();
  for (const stamp of document.querySelectorAll(".age time, time[data-age]"))
    if (stamp.dateTime) stamp.textContent = age(Date.parse(stamp.dateTime), now);
  if (!list || !inOrderOfTime) return;
  const moved = entries().reverse().filter((entry) => entry.parentElement.dataset.group !== group(timeOf(entry), now));
  if (moved.length) keepingPlace(() => (moved.forEach(place), tidy()));
}
