/** The `rich_text` block: sections, lists, quotes and preformatted text → DOM nodes. */

import { h } from "./dom.js";
import { cells } from "./cells.js";
import { emoji } from "./emoji.js";
import { broadcast, channelMention, dateNode, link, userMention } from "./links.js";

const INLINE = {
  text: ({ text, style }) => (style?.code ? cells(text) : text),
  link: ({ url, text }) => link(url, text || url),
  emoji: ({ name, unicode }) => emoji(name) ?? fromUnicode(unicode) ?? `:${name}:`,
  user: ({ user_id }) => userMention(user_id),
  channel: ({ channel_id }) => channelMention(channel_id),
  usergroup: ({ usergroup_id }) => h("span", { class: "mention" }, `@${usergroup_id}`),
  broadcast: ({ range }) => broadcast(range),
  date: ({ timestamp, format, fallback, url }) => dateNode(timestamp, format, fallback, url),
  color: ({ value }) => h("code", {}, value),
};

const fromUnicode = (codes) => codes && String.fromCodePoint(...codes.split("-").map((code) => parseInt(code, 16)));

const WRAPPERS = [["code", "code"], ["bold", "strong"], ["italic", "em"], ["strike", "s"], ["underline", "u"]];

function inlineElement(element) {
  const make = INLINE[element.type];
  if (!make) return h("code", { class: "unknown" }, `unsupported rich_text element: ${element.type}`);
  return WRAPPERS.reduce((node, [style, tag]) => (element.style?.[style] ? h(tag, {}, node) : node), make(element));
}

const inlines = (elements) => (elements ?? []).map(inlineElement);

/** Neighbouring lists of deeper indent belong inside, as Slack draws them. */
function list({ style, indent = 0, offset = 0, border, elements }) {
  const tag = style === "ordered" ? "ol" : "ul";
  const node = h(tag, { class: `rich-list indent-${Math.min(indent, 8)}${border ? " bordered" : ""}`, start: offset ? offset + 1 : null });
  node.append(...elements.map((item) => h("li", {}, inlines(item.elements))));
  return node;
}

const PARTS = {
  rich_text_section: ({ elements }) => h("div", { class: "rich-section" }, inlines(elements)),
  rich_text_list: list,
  rich_text_quote: ({ elements }) => h("blockquote", {}, inlines(elements)),
  rich_text_preformatted: ({ elements }) =>
    h("pre", { class: "code-block" }, elements.map((element) => (element.type === "text" ? cells(element.text) : inlineElement(element)))),
};

/** The nodes of a rich_text block or table cell. */
export function richText({ elements }) {
  return (elements ?? []).map((part) =>
    PARTS[part.type] ? PARTS[part.type](part) : h("code", { class: "unknown" }, `unsupported rich_text part: ${part.type}`),
  );
}
