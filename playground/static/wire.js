/** The wire log: every request and its answer, with the milliseconds between them. */

import { get } from "./api.js";
import { byId, fill, h, iconButton } from "./dom.js";
import { clockWithMillis } from "./time.js";

const KEEP = 500;
let entries = [];
let onlyTrouble = false;

const drawer = () => byId("wire");

export function toggleWire() {
  drawer().hidden = !drawer().hidden;
  if (!drawer().hidden) openDrawer();
}

async function openDrawer() {
  drawer().dataset.testid = "wire-drawer";
  drawFrame();
  const reply = await get("/ui/wire", { after: 0 });
  if (!reply.ok) return;
  entries = reply.entries.slice(-KEEP);
  drawRows();
}

/** One entry more, from the event stream. */
export function receiveWire(entry) {
  if (entries.some(({ n }) => n === entry.n)) return;
  entries = [...entries, entry].slice(-KEEP);
  if (!drawer().hidden) drawRows();
}

function drawFrame() {
  const filter = h("label", { class: "choice wire-filter" }, h("input", { type: "checkbox", checked: onlyTrouble, onchange: ({ target }) => filterRows(target.checked) }), h("span", {}, "Only failures"));
  const columns = ["Time", "Direction", "What", "ms", "Result"].map((name, index) => h("th", { scope: "col", class: index === 3 ? "align-right" : null }, name));
  fill(
    drawer(),
    h("header", { class: "pane-head" }, h("h2", {}, "Wire log"), filter, iconButton("close", "Close the wire log", toggleWire, { testid: "wire-close" })),
    h("div", { class: "wire-scroll", tabindex: "0", role: "region", "aria-label": "Requests" }, h("table", { class: "wire-table" }, h("thead", {}, h("tr", {}, columns)), h("tbody"))),
  );
}

function filterRows(on) {
  onlyTrouble = on;
  drawRows();
}

function drawRows() {
  const wanted = entries.filter(({ ok }) => !onlyTrouble || !ok);
  const body = drawer().querySelector("tbody");
  if (!body) return;
  const scroll = drawer().querySelector(".wire-scroll");
  const stick = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 60 || !body.childElementCount;
  const none = h("tr", {}, h("td", { colspan: "5", class: "quiet" }, onlyTrouble ? "No failures." : "Nothing has been exchanged yet."));
  fill(body, wanted.length ? wanted.map(row) : none);
  if (stick) scroll.scrollTop = scroll.scrollHeight;
}

function row({ at, direction, what, ms, ok, error }) {
  const toBot = direction.startsWith("→");
  const slow = (ms ?? 0) >= 1000;
  return h(
    "tr",
    { class: ok ? null : "bad", testid: "wire-entry" },
    h("td", { class: "wire-time" }, clockWithMillis(at)),
    h("td", {}, toBot ? "→ bot" : "← bot"),
    h("td", { class: "wire-what" }, what),
    h("td", { class: `align-right${slow ? " slow" : ""}` }, ms === null || ms === undefined ? "" : ms.toFixed(ms < 10 ? 1 : 0)),
    h("td", { class: ok ? "wire-ok" : "wire-bad" }, ok ? "ok" : (error ?? "failed")),
  );
}
