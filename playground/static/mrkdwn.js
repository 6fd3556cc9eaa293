/** Slack's own markup → DOM nodes, with Slack's strictness about what may stand beside a marker. */

import { h } from "./dom.js";
import { cells } from "./cells.js";
import { emoji } from "./emoji.js";
import { link, reference } from "./links.js";

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
const STYLES = { "*": "strong", _: "em", "~": "s" };
const WORD = /[\p{L}\p{N}]/u;

/** Undo Slack's three escapes. */
export const decode = (text) => text.replace(/&(amp|lt|gt);/g, (entity) => ENTITIES[entity]);

/** `plain_text` with its emoji. */
export function plain(text) {
  return decode(text).split(/(:[a-z0-9_+'-]+:)/).map((part) => (part.startsWith(":") && emoji(part.slice(1, -1))) || part);
}

/** The nodes of a mrkdwn text: code blocks and quotes as blocks, everything else as it was typed. */
export function mrkdwn(text) {
  const nodes = [];
  (text ?? "").split(/```([\s\S]+?)```/).forEach((part, index) => {
    if (index % 2) nodes.push(h("pre", { class: "code-block" }, literal(part.replace(/^\n|\n$/g, ""))));
    else nodes.push(...paragraphs(trimAround(part, index, text)));
  });
  return nodes;
}

/** A code block is a block of its own: the newline typed before and after it would show as an empty line. */
function trimAround(part, index) {
  const start = index > 0 ? part.replace(/^\n/, "") : part;
  return start.replace(/\n$/, "");
}

function paragraphs(text) {
  const groups = [];
  for (const line of text.split("\n")) {
    const quote = line.match(/^(?:&gt;|>)\s?(.*)$/s);
    const kind = quote ? "quote" : "text";
    if (groups.at(-1)?.kind === kind) groups.at(-1).lines.push(quote ? quote[1] : line);
    else groups.push({ kind, lines: [quote ? quote[1] : line] });
  }
  return groups.flatMap(({ kind, lines }) => {
    const nodes = inline(lines.join("\n"));
    return kind === "quote" ? [h("blockquote", {}, nodes)] : nodes;
  });
}

/** Text in code: nothing but links and entities has a meaning. */
function literal(text) {
  return text.split(/(<[^<>\n]+>)/).flatMap((part) => {
    const isLink = /^<(https?:|mailto:|[@#!])/.test(part) && part.endsWith(">");
    return isLink ? [reference(part.slice(1, -1), decode)] : cells(decode(part));
  });
}

const TOKEN = /`([^`\n]+)`|<([^<>\n]+)>|:([a-z0-9_+'-]+):|(https?:\/\/[^\s<>|*~`]+[^\s<>|*~`.,;:!?)'"])|([*_~])/gy;

/** The nodes of one run of text without blocks. */
export function inline(text) {
  const nodes = [];
  let run = "";
  let at = 0;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    const found = match && token(match, text, at);
    if (!found) {
      run += text[at];
      at += 1;
      continue;
    }
    if (run) nodes.push(decode(run));
    run = "";
    nodes.push(found.node);
    at = found.end;
  }
  if (run) nodes.push(decode(run));
  return nodes;
}

function token(match, text, at) {
  const [whole, code, inside, name, url, marker] = match;
  const end = at + whole.length;
  if (code !== undefined) return { node: h("code", {}, literal(code)), end };
  if (inside !== undefined) return { node: reference(inside, decode), end };
  if (name !== undefined) return emoji(name) && { node: emoji(name), end };
  if (url !== undefined) return { node: link(decode(url), decode(url)), end };
  const close = closing(text, at, marker);
  return close && { node: h(STYLES[marker], {}, inline(text.slice(at + 1, close))), end: close + 1 };
}

/** Where the style opened at `at` ends; null when Slack would leave the marker as text. */
function closing(text, at, marker) {
  if (WORD.test(text[at - 1] ?? "") || text[at - 1] === marker) return null;
  if (!text[at + 1] || /\s/.test(text[at + 1]) || text[at + 1] === marker) return null;
  for (let i = at + 2; i < text.length && text[i] !== "\n"; i += 1) {
    if (text[i] === "<") i = Math.max(i, text.indexOf(">", i));
    else if (text[i] === "`") i = Math.max(i, text.indexOf("`", i + 1));
    else if (text[i] === marker && !/\s/.test(text[i - 1]) && !WORD.test(text[i + 1] ?? "")) return i;
  }
  return null;
}

/** A text object of either type. */
export function textObject(object) {
  if (!object) return [];
  if (typeof object === "string") return plain(object);
  return object.type === "mrkdwn" ? mrkdwn(object.text) : plain(object.text ?? "");
}

/** The bare words of a text object, for labels and attributes. */
export const words = (object) => {
  const text = typeof object === "string" ? object : (object?.text ?? "");
  return plain(text).join("");
};
