// What the page gains from JavaScript: ages that tick, headlines that arrive, keys. It is complete without.

import { list } from "./list.js";
import { connect, stream } from "./live.js";
import { tick } from "./order.js";

document.addEventListener("visibilitychange", () => document.hidden || tick());
setInterval(tick, 30_000);
if (list && document.body.dataset.stream) {
  connect();
  addEventListener("pagehide", () => stream.close());
  addEventListener("pageshow", (event) => event.persisted && (tick(), connect()));
}
