/** The rows of the wire log; each opens to the JSON that was sent and that came back. */

import { trouble } from "./api.js";
import { fill, freshId, h, icon } from "./dom.js";
import { jsonNode } from "./json_view.js";
import { clockWithMillis } from "./time.js";

const SLOW_MS = 1000;

/** Names of the columns with their classes. */
export const COLUMNS = [["Time", "wire-time"], ["Direction", "wire-way"], ["By", "wire-via"], ["What", null], ["ms", "align-right"], ["Result", null]];

const shownMs = (ms) => (ms === null || ms === undefined ? "" : ms.toFixed(ms < 10 ? 1 : 0));

/** Two table rows, the second closed; `fetchWhole` gets the bodies when it is opened first. */
export function row(entry, fetchWhole) {
  const id = freshId("wire");
  const detail = h("tr", { class: "wire-detail", id, hidden: true });
  const opener = h("button", { type: "button", class: "wire-open", "aria-expanded": "false", "aria-controls": id, testid: "wire-open", onclick: () => toggle(opener, detail, fetchWhole) }, icon("right"), entry.what);
  return [h("tr", { class: entry.ok ? null : "bad", testid: "wire-entry", data: { ok: String(entry.ok), n: String(entry.n) } }, cells(entry, opener)), detail];
}

function cells({ at, direction, via, ms, ok, error }, opener) {
  const toBot = direction.startsWith("→");
  return [
    h("td", { class: "wire-time" }, clockWithMillis(at)),
    h("td", { class: "wire-way" }, toBot ? "→ bot" : "← bot"),
    h("td", { class: "wire-via" }, h("span", { class: `via via-${via.toLowerCase()}` }, via)),
    h("td", { class: "wire-what" }, opener),
    h("td", { class: `align-right${(ms ?? 0) >= SLOW_MS ? " slow" : ""}` }, shownMs(ms)),
    h("td", { class: ok ? "wire-ok" : "wire-bad" }, ok ? (toBot ? "acked" : "ok") : (error ?? "failed")),
  ];
}

async function toggle(opener, detail, fetchWhole) {
  detail.hidden = !detail.hidden;
  opener.setAttribute("aria-expanded", String(!detail.hidden));
  if (detail.hidden || detail.childElementCount) return;
  const reply = await fetchWhole();
  const content = reply.ok ? [part("Sent", reply.entry.sent), part("Came back", reply.entry.reply)] : h("p", { class: "trouble" }, trouble(reply));
  fill(detail, h("td", { colspan: String(COLUMNS.length), testid: "wire-detail" }, h("div", { class: "wire-bodies" }, content)));
  detail.scrollIntoView({ block: "nearest" });
}

const part = (title, value) => h("section", { class: "wire-body" }, h("h3", {}, title), value === null || value === undefined || value === "" ? h("p", { class: "quiet" }, "nothing") : jsonNode(value));
