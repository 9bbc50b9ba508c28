// Keys

import { $, button } from "./list.js";

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
