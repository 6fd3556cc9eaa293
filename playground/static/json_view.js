/** JSON as a tree that opens and closes, drawn node by node: what people wrote in it stays text. */

import { h } from "./dom.js";

const OPEN_LEVELS = 2;
const kindOf = (value) => (value === null ? "null" : typeof value);

/** The node of any JSON value; the first levels are open. */
export function jsonNode(value, depth = 0) {
  if (value === null || typeof value !== "object") return h("span", { class: `json-${kindOf(value)}` }, JSON.stringify(value));
  const entries = Object.entries(value);
  const [open, shut] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  if (!entries.length) return h("span", {}, open + shut);
  const line = ([key, inner]) => h("div", { class: "json-line" }, !Array.isArray(value) && h("span", { class: "json-key" }, `${key}: `), jsonNode(inner, depth + 1));
  return h("details", { class: "json", open: depth < OPEN_LEVELS }, h("summary", {}, `${open} ${entries.length} ${shut}`), entries.map(line));
}
