/** Links, mentions and dates: what stands between `<` and `>` in Slack text, and its rich_text twins. */

import { h } from "./dom.js";
import { isBot, nameOf, state } from "./state.js";
import { slackDate, exact } from "./time.js";
import { go } from "./places.js";

const SAFE = /^(https?:|mailto:|tel:)/i;

/** A link that opens elsewhere; an address of any other scheme stays text. */
export function link(url, label) {
  if (!SAFE.test(url)) return h("span", {}, label ?? url);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, label || url);
}

export function userMention(id, label) {
  const own = id === state.me ? " mention-me" : "";
  const name = nameOf(id) === id && label ? label : nameOf(id);
  return h("span", { class: `mention${own}`, title: isBot(id) ? "App" : id }, `@${name}`);
}

export function channelMention(id, label) {
  const name = nameOf(id) === id ? (label ?? "private-channel") : nameOf(id);
  return h("button", { type: "button", class: "mention mention-channel", onclick: () => go({ kind: "channel", id }) }, `#${name}`);
}

export const broadcast = (range) => h("span", { class: "mention mention-me" }, `@${range}`);

/** `pattern` filled in the reader's zone, or the fallback when the date cannot be shown. */
export function dateNode(seconds, pattern, fallback, url) {
  const text = slackDate(seconds, pattern) ?? fallback ?? String(seconds);
  const node = h("time", { title: slackDate(seconds, "{time}") ? exact(seconds) : null }, text);
  return url ? link(url, text) : node;
}

function special(body, label) {
  const [kind, ...rest] = body.split("^");
  if (kind === "date") return dateNode(rest[0], rest[1] ?? "", label, rest[2]);
  if (kind === "subteam") return h("span", { class: "mention" }, label ?? `@${rest[0]}`);
  return broadcast(kind);
}

/** The node for the inside of `<…>`: a user, channel, special mention or link. */
export function reference(inside, decode) {
  const bar = inside.indexOf("|");
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? undefined : decode(inside.slice(bar + 1));
  if (target.startsWith("@")) return userMention(target.slice(1), label);
  if (target.startsWith("#")) return channelMention(target.slice(1), label);
  if (target.startsWith("!")) return special(target.slice(1), label);
  return link(decode(target), label ?? decode(target).replace(/^mailto:/, ""));
}
