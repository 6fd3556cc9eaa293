/** The `data_table` block: a table that its reader sorts, filters and pages. */

import { fill, freshId, h } from "./dom.js";
import { plain } from "./mrkdwn.js";
import { richText } from "./rich_text.js";

const CELLS = {
  raw_text: (cell) => plain(cell.text ?? ""),
  raw_number: (cell) => cell.text ?? String(cell.value ?? ""),
  rich_text: richText,
};
const NEXT = { none: "ascending", ascending: "descending", descending: "none" };
const PAGE = 5;
/* longer text gets a column in which it can be read, also on a narrow screen */
const LONG = 40;
const SHORT = 16;
const widthOf = (text) => (text.length > LONG ? "long" : text.length <= SHORT ? "short" : null);

const content = (cell) => (CELLS[cell?.type] ?? (() => h("code", { class: "unknown" }, `unsupported cell: ${cell?.type}`)))(cell);
const words = (cell) => h("span", {}, content(cell)).textContent;

/** A column of numbers alone is sorted by value, any other by its letters. */
function order(rows, { column, way }) {
  if (way === "none") return rows;
  const numeric = rows.every((row) => row[column]?.type === "raw_number");
  const compare = numeric ? (a, b) => a[column].value - b[column].value : (a, b) => words(a[column]).localeCompare(words(b[column]));
  const sorted = rows.toSorted(compare);
  return way === "descending" ? sorted.reverse() : sorted;
}

const matching = (rows, text) => rows.filter((row) => row.some((cell) => words(cell).toLowerCase().includes(text)));

export function dataTableNode({ rows, caption, page_size: size = PAGE, row_header_column_index: named = 0 }) {
  const [head, ...body] = rows;
  const view = { column: 0, way: "none", text: "", page: 0 };
  const figures = head.map((_cell, column) => column !== named && body.every((row) => row[column]?.type === "raw_number"));
  const sortable = head.map((cell, column) => heading(cell, column));
  const drawn = h("tbody", {});
  const table = h("table", { class: "table data-table", testid: "data-table" }, h("caption", { class: "unseen" }, caption), h("thead", {}, h("tr", {}, sortable)), drawn);
  const pager = h("div", { class: "data-pager", testid: "data-pager" });

  function heading(cell, column) {
    const sort = () => draw(view.column === column ? { way: NEXT[view.way] } : { column, way: "ascending" });
    const button = h("button", { type: "button", class: "data-sort", onclick: sort }, content(cell), h("span", { class: "data-arrow", "aria-hidden": "true" }));
    return h("th", { scope: "col", class: figures[column] ? "align-right" : null }, button);
  }

  function line(row) {
    return h("tr", {}, row.map((cell, column) => (column === named ? h("th", { scope: "row" }, content(cell)) : h("td", { class: figures[column] ? "align-right" : widthOf(words(cell)) }, content(cell)))));
  }

  function draw(change) {
    Object.assign(view, { page: 0 }, change);
    const found = order(matching(body, view.text), view);
    const first = view.page * size;
    sortable.forEach((th, column) => th.setAttribute("aria-sort", column === view.column ? view.way : "none"));
    fill(drawn, found.slice(first, first + size).map(line), found.length ? null : h("tr", {}, h("td", { colspan: String(head.length), class: "data-none" }, "No row matches.")));
    const last = Math.min(first + size, found.length);
    const step = (label, page, on) => h("button", { type: "button", class: "button", disabled: !on, testid: `data-${label.toLowerCase()}`, onclick: () => draw({ page }) }, label);
    pager.hidden = found.length <= size;
    fill(pager, h("span", {}, `${first + 1}–${last} of ${found.length}`), step("Back", view.page - 1, view.page > 0), step("Next", view.page + 1, last < found.length));
  }

  draw({});
  const scroll = h("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-label": caption }, table);
  return h("div", { class: "data" }, body.length > 3 ? filter((text) => draw({ text })) : null, scroll, pager);
}

function filter(change) {
  const id = freshId("filter");
  return h("div", { class: "data-filter" }, h("label", { for: id, class: "unseen" }, "Filter rows"), h("input", { id, type: "search", placeholder: "Filter rows", testid: "data-filter", oninput: ({ target }) => change(target.value.trim().toLowerCase()) }));
}
