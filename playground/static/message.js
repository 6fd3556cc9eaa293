/** One message: who, when, what, and what can be done with it. */

import { post, trouble } from "./api.js";
import { avatar } from "./avatar.js";
import { blockNodes } from "./blocks.js";
import { h, icon, iconButton } from "./dom.js";
import { emoji } from "./emoji.js";
import { keepFocus } from "./focus.js";
import { fileNode } from "./files.js";
import { mrkdwn } from "./mrkdwn.js";
import { notify } from "./notices.js";
import { openThread } from "./places.js";
import { showMenu } from "./popup.js";
import { isBot, nameOf, person, state } from "./state.js";
import { messageSurface } from "./surface.js";
import { clock, exact } from "./time.js";

const authorOf = (message) => {
  const byBot = Boolean(message.bot_id) || isBot(message.user);
  const known = person(message.user);
  return { name: known?.name ?? message.username ?? nameOf(message.user), initials: known?.initials, color: known?.color, app: byBot, notice: message.notice };
};

/** Whether a message may stand under the one before it without repeating the name. */
export function continues(before, message) {
  const sameVoice = before && before.user === message.user && before.username === message.username && Boolean(before.ephemeral) === Boolean(message.ephemeral);
  return Boolean(sameVoice && Number(message.ts) - Number(before.ts) < 300 && !before.reply_count);
}

/** A message as an article; `compact` leaves out avatar and name, `inThread` the way into the thread. */
export function messageNode(channel, message, { compact = false, inThread = false } = {}) {
  const author = authorOf(message);
  const classes = ["message", compact && "compact", message.ephemeral && "ephemeral", message.notice && "notice"].filter(Boolean).join(" ");
  const data = { ts: message.ts, ephemeral: message.ephemeral ? "true" : "false", user: message.user ?? "" };
  return h(
    "article",
    { class: classes, testid: "message", data, "aria-label": `${author.name}, ${clock(message.ts)}`, tabindex: "-1" },
    message.ephemeral && h("div", { class: "only-you" }, icon("eye"), "Only visible to you"),
    h("div", { class: "gutter" }, compact ? stamp(message) : avatar(author)),
    h(
      "div",
      { class: "message-main" },
      !compact && h("div", { class: "byline" }, h("span", { class: "author" }, author.name), author.app && h("span", { class: "app-badge" }, "APP"), stamp(message)),
      bodyNodes(channel, message),
      reactions(message),
      !inThread && message.reply_count ? threadLink(message) : null,
    ),
    toolbar(channel, message, inThread),
  );
}

const stamp = (message) => h("time", { class: "stamp", title: exact(message.ts) }, clock(message.ts));

function bodyNodes(channel, message) {
  const edited = message.edited ? h("span", { class: "edited" }, " (edited)") : null;
  const files = (message.files ?? []).map(fileNode);
  if (message.blocks?.length) return [h("div", { class: "blocks" }, blockNodes(messageSurface(channel, message))), edited, files];
  return [h("div", { class: "text" }, mrkdwn(message.text ?? ""), edited), files];
}

function reactions(message) {
  if (!message.reactions?.length) return null;
  const chip = ({ name, users = [], count }) =>
    h("span", { class: `reaction${users.includes(state.me) ? " mine" : ""}`, title: `${users.map(nameOf).join(", ")} reacted with :${name}:` }, emoji(name) ?? `:${name}:`, " ", String(count ?? users.length));
  return h("div", { class: "reactions", testid: "reactions" }, message.reactions.map(chip));
}

function threadLink(message) {
  const count = message.reply_count;
  return h("button", { type: "button", class: "thread-link", testid: "open-thread", onclick: () => openThread(message.ts) }, `${count} ${count === 1 ? "reply" : "replies"}`);
}

function toolbar(channel, message, inThread) {
  if (message.notice) return null;
  const canReply = !inThread && !message.ephemeral;
  return h(
    "div",
    { class: "toolbar" },
    canReply && iconButton("reply", "Reply in thread", () => openThread(message.ts), { testid: "reply-in-thread" }),
    iconButton("more", "More actions", (event) => showMessageMenu(event.currentTarget, channel, message, canReply), { testid: "more-actions", "aria-haspopup": "menu" }),
  );
}

function showMessageMenu(button, channel, message, canReply) {
  const shortcuts = message.ephemeral ? [] : state.shortcuts.filter(({ type }) => type === "message");
  const entries = shortcuts.map(({ name, description, callback_id }) => ({
    label: name,
    hint: description || state.bot.name,
    testid: "shortcut",
    data: { callbackId: callback_id },
    onselect: () => runShortcut({ callback_id, channel, ts: message.ts }, name),
  }));
  if (canReply) entries.push({ label: "Reply in thread", testid: "menu-reply", onselect: () => openThread(message.ts) });
  entries.push({ label: "Copy text", onselect: () => navigator.clipboard?.writeText(message.text ?? "") });
  showMenu(button, entries, { label: "Message actions" });
}

/** Run a global shortcut, or a message shortcut when `channel` and `ts` are given. */
export async function runShortcut(body, name) {
  const reply = await post("/ui/shortcut", { user: state.me, ...body });
  if (!reply.ok) notify(trouble(reply, `“${name}” did not work.`), body.channel);
}

/** Redraw one message in place, so that focus and scroll survive. */
export function redraw(node, fresh) {
  keepFocus(node, () => {
    node.replaceWith(fresh);
    return fresh;
  });
}

