/** The `markdown` block: ordinary Markdown (headings, lists, tables, fences) → DOM nodes. */

import { h } from "./dom.js";
import { cells } from "./cells.js";
import { emoji } from "./emoji.js";
import { link, reference } from "./links.js";
import { decode } from "./mrkdwn.js";

const INLINE =
  /(`+)([^`]+?)\1|\*\*(\S(?:[^]*?\S)?)\*\*|__(\S(?:[^]*?\S)?)__|~~(\S(?:[^]*?\S)?)~~|\*(\S(?:[^*]*?\S)?)\*|\b_(\S(?:[^_]*?\S)?)_\b|!?\[([^\]]*)\]\(([^)\s]+)[^)]*\)|<([@#!][^<>\n]+|https?:[^<>\s]+)>|(https?:\/\/[^\s<>)]+[^\s<>).,;:!?])|:([a-z0-9_+-]+):|\\([\\`*_{}[\]()#+.!~|-])/;

/** The nodes of one line of Markdown text. */
export function inlineMarkdown(text) {
  const match = INLINE.exec(text);
  if (!match) return text ? [decode(text)] : [];
  const before = match.index ? [decode(text.slice(0, match.index))] : [];
  return [...before, inlineNode(match), ...inlineMarkdown(text.slice(match.index + match[0].length))];
}

function inlineNode(match) {
  const [whole, , code, bold, bold2, strike, em, em2, label, url, ref, bare, name, escaped] = match;
  if (code) return h("code", {}, cells(decode(code)));
  if (bold ?? bold2) return h("strong", {}, inlineMarkdown(bold ?? bold2));
  if (strike) return h("s", {}, inlineMarkdown(strike));
  if (em ?? em2) return h("em", {}, inlineMarkdown(em ?? em2));
  if (url) return link(decode(url), decode(label) || decode(url));
  if (ref) return reference(ref, decode);
  if (bare) return link(decode(bare));
  if (name) return emoji(name) ?? whole;
  return escaped;
}

const RULES = [
  { test: /^\s*```/, take: fence },
  { test: /^#{1,6}\s/, take: heading },
  { test: /^\s*(?:-{3,}|\*{3,}|_{3,})\s*$/, take: (lines) => [h("hr"), lines.slice(1)] },
  { test: /^\s*>/, take: quote },
  { test: /^\s*(?:[-*+]|\d+[.)])\s+/, take: list },
  { test: /^\s*\|.*\|/, take: table },
  { test: /^\s*$/, take: (lines) => [null, lines.slice(1)] },
];

/** The nodes of a whole Markdown text. */
export function markdown(text) {
  const nodes = [];
  let lines = (text ?? "").split("\n");
  while (lines.length) {
    const rule = RULES.find(({ test }) => test.test(lines[0]));
    const [node, rest] = rule ? rule.take(lines) : paragraph(lines);
    if (node) nodes.push(node);
    lines = rest;
  }
  return nodes;
}

const span = (lines, test) => {
  const end = lines.findIndex((line, index) => index > 0 && !test(line));
  return end < 0 ? lines.length : end;
};

function paragraph(lines) {
  const end = span(lines, (line) => !RULES.some(({ test }) => test.test(line)));
  return [h("p", {}, inlineMarkdown(lines.slice(0, end).join("\n"))), lines.slice(end)];
}

function fence(lines) {
  const end = lines.findIndex((line, index) => index > 0 && /^\s*```/.test(line));
  const stop = end < 0 ? lines.length : end;
  return [h("pre", { class: "code-block" }, cells(decode(lines.slice(1, stop).join("\n")))), lines.slice(stop + 1)];
}

function heading(lines) {
  const [, marks, title] = lines[0].match(/^(#{1,6})\s+(.*?)\s*#*$/);
  // The page has its own h1 and h2; a message begins below them.
  return [h(`h${Math.min(6, marks.length + 2)}`, {}, inlineMarkdown(title)), lines.slice(1)];
}

function quote(lines) {
  const end = span(lines, (line) => /^\s*>/.test(line));
  return [h("blockquote", {}, markdown(lines.slice(0, end).map((line) => line.replace(/^\s*>\s?/, "")).join("\n"))), lines.slice(end)];
}

const isOrdered = (mark) => /\d/.test(mark);
const ITEM = /^(\s*)([-*+]|\d+[.)])\s+(.*)$/;

function list(lines) {
  const [, indent, mark] = lines[0].match(ITEM);
  const end = span(lines, (line) => {
    const item = line.match(ITEM);
    return item ? item[1].length > indent.length || isOrdered(item[2]) === isOrdered(mark) : /^\s{2,}\S/.test(line);
  });
  return [nest(lines.slice(0, end)), lines.slice(end)];
}

/** A list from lines of which the first is an item; deeper lines belong to the item above them. */
function nest(lines) {
  const [, indent, mark] = lines[0].match(ITEM);
  const items = [];
  for (const line of lines) {
    const item = line.match(ITEM);
    if (item && item[1].length <= indent.length) items.push({ text: item[3], below: [] });
    else items.at(-1).below.push(line);
  }
  const ordered = isOrdered(mark);
  return h(ordered ? "ol" : "ul", { start: ordered ? parseInt(mark, 10) : null }, items.map(itemNode));
}

function itemNode({ text, below }) {
  const task = text.match(/^\[([ xX])\]\s+(.*)$/);
  const body = task ? [task[1] === " " ? "☐ " : "☑ ", inlineMarkdown(task[2])] : inlineMarkdown(text);
  const deeper = below.length ? (ITEM.test(below[0]) ? nest(below) : h("p", {}, inlineMarkdown(below.join(" ").trim()))) : null;
  return h("li", {}, body, deeper);
}

const splitRow = (line) => line.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));

function table(lines) {
  const end = span(lines, (line) => /^\s*\|/.test(line));
  const rows = lines.slice(0, end).map(splitRow);
  const rule = rows[1]?.every((cell) => /^:?-+:?$/.test(cell)) ? rows[1] : null;
  const align = (rule ?? []).map((cell) => (/^:.*:$/.test(cell) ? "center" : cell.endsWith(":") ? "right" : "left"));
  const cell = (tag) => (text, column) => h(tag, { class: `align-${align[column] ?? "left"}`, scope: tag === "th" ? "col" : null }, inlineMarkdown(text));
  const head = rule ? h("thead", {}, h("tr", {}, rows[0].map(cell("th")))) : null;
  const body = h("tbody", {}, rows.slice(rule ? 2 : 0).map((row) => h("tr", {}, row.map(cell("td")))));
  return [h("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-label": "Table" }, h("table", { class: "table" }, head, body)), lines.slice(end)];
}
