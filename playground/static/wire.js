/** The wire log: every request and its ack, with the milliseconds between them. */

import { get } from "./api.js";
import { byId, fill, h, iconButton } from "./dom.js";
import { announce, state } from "./state.js";
import { COLUMNS, row } from "./wire_rows.js";

const KEEP = 500;
const DIRECTIONS = [["", "Both directions"], ["→", "To the bot"], ["←", "From the bot"]];
const wanted = { text: "", direction: "", onlyTrouble: false };
let entries = [];
let shown = new Map();

const drawer = () => byId("wire");

export const wireOpen = () => !drawer().hidden;

export function toggleWire() {
  drawer().hidden = !drawer().hidden;
  announce("wire-place");
  if (wireOpen()) openDrawer();
}

async function openDrawer() {
  drawer().dataset.testid = "wire-drawer";
  shown = new Map();
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
  if (wireOpen()) drawRows();
}

function drawFrame() {
  const change = (name, read) => ({ target }) => {
    wanted[name] = read(target);
    drawRows();
  };
  const search = h("input", { type: "search", class: "field wire-search", placeholder: "Filter, e.g. chat.post", "aria-label": "Filter by name or error", value: wanted.text, testid: "wire-filter", oninput: change("text", ({ value }) => value.trim().toLowerCase()) });
  const direction = h("select", { class: "field wire-direction", "aria-label": "Direction", testid: "wire-direction", onchange: change("direction", ({ value }) => value) }, DIRECTIONS.map(([value, label]) => h("option", { value, selected: value === wanted.direction }, label)));
  const failures = h("label", { class: "choice wire-failures" }, h("input", { type: "checkbox", checked: wanted.onlyTrouble, testid: "wire-failures", onchange: change("onlyTrouble", ({ checked }) => checked) }), h("span", {}, "Only failures"));
  const columns = COLUMNS.map(([name, cls]) => h("th", { scope: "col", class: cls }, name));
  fill(
    drawer(),
    h("header", { class: "pane-head" }, h("h2", {}, "Wire log"), h("div", { class: "wire-tools" }, search, direction, failures), iconButton("close", "Close the wire log", toggleWire, { testid: "wire-close" })),
    h("div", { class: "wire-scroll", tabindex: "0", role: "region", "aria-label": "Requests" }, h("table", { class: "wire-table" }, h("thead", {}, h("tr", {}, columns)), h("tbody"))),
  );
}

function fits({ ok, direction, what, error, via }) {
  const named = `${what} ${error ?? ""} ${via}`.toLowerCase().includes(wanted.text);
  return named && (!wanted.onlyTrouble || !ok) && direction.startsWith(wanted.direction);
}

/** Rows keep their nodes, so that one that was opened stays open while others arrive. */
function drawRows() {
  const body = drawer().querySelector("tbody");
  if (!body) return;
  const scroll = drawer().querySelector(".wire-scroll");
  const stick = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 60 || !body.childElementCount;
  const rows = entries.filter(fits).map((entry) => [entry.n, shown.get(entry.n) ?? row(entry, () => whole(entry.n))]);
  shown = new Map([...shown, ...rows]);
  const none = h("tr", {}, h("td", { colspan: String(COLUMNS.length), class: "quiet" }, entries.length ? "Nothing fits the filter." : "Nothing has been exchanged yet."));
  fill(body, rows.length ? rows.map(([, nodes]) => nodes) : none);
  if (stick) scroll.scrollTop = scroll.scrollHeight;
}

const whole = (n) => get("/ui/wire/entry", { user: state.me, n });
