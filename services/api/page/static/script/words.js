// Addresses and wording, as the templates have them.

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

export const oneLine = (text) => text.split(/\s+/).filter(Boolean).join(" ");
const bare = (text) => oneLine(text).toLowerCase().replace(/[.… ]+$/, "");

const SUMMARY_CHARS = 220;

/** What stands below a title: nothing where that says it already. */
export function teaser(summary, title) {
  const text = oneLine(summary ?? "");
  if (bare(text) === bare(title)) return "";
  const letters = Array.from(text);
  if (letters.length <= SUMMARY_CHARS) return text;
  const cut = letters.slice(0, SUMMARY_CHARS).join("");
  return cut.slice(0, cut.includes(" ") ? cut.lastIndexOf(" ") : undefined).replace(/[ ,.;:–—-]+$/, "") + "…";
}
