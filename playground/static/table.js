/** The `table` block. */

import { h } from "./dom.js";
import { plain } from "./mrkdwn.js";
import { richText } from "./rich_text.js";

const CELLS = {
  raw_text: (cell) => plain(cell.text ?? ""),
  raw_number: (cell) => cell.text ?? String(cell.value ?? ""),
  rich_text: richText,
};

const content = (cell) => (CELLS[cell?.type] ?? (() => h("code", { class: "unknown" }, `unsupported cell: ${cell?.type}`)))(cell);

/** A table whose first row is the header; wide ones scroll sideways inside the message. */
export function tableNode({ rows, column_settings: settings = [] }) {
  const make = (tag) => (cell, column) => {
    const { align = "left", is_wrapped: wrapped } = settings[column] ?? {};
    return h(tag, { class: `align-${align}${wrapped ? " wrapped" : ""}`, scope: tag === "th" ? "col" : null }, content(cell));
  };
  const [head, ...body] = rows ?? [];
  const table = h(
    "table",
    { class: "table" },
    head && h("thead", {}, h("tr", {}, head.map(make("th")))),
    h("tbody", {}, body.map((row) => h("tr", {}, row.map(make("td"))))),
  );
  return h("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-label": "Table" }, table);
}
