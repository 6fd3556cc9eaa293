/** The side pane with one thread. */

import { composer } from "./composer.js";
import { rowsOf, syncRows } from "./conversation.js";
import { byId, fill, h, iconButton } from "./dom.js";
import { loadThread } from "./history.js";
import { messageNode } from "./message.js";
import { openThread } from "./places.js";
import { here, on, state } from "./state.js";

let rows = [];

export function startThread() {
  on("thread-place place people", drawPane);
  on("thread messages", drawReplies);
}

function drawPane() {
  const pane = byId("thread");
  const channel = here();
  pane.hidden = !state.thread || !channel;
  rows = [];
  if (pane.hidden) return void fill(pane);
  const log = h("div", { class: "thread-log", role: "log", "aria-label": "Replies", "aria-live": "polite" });
  const box = composer({ key: `${channel.id}:${state.thread}`, channel, thread: state.thread, label: "Reply…", testid: "thread-composer" });
  const close = iconButton("close", "Close thread", () => openThread(null), { testid: "thread-close" });
  pane.dataset.testid = "thread-pane";
  const name = channel.kind === "im" ? channel.name : `#${channel.name}`;
  fill(pane, h("header", { class: "pane-head" }, h("h2", {}, "Thread ", h("span", { class: "quiet" }, name)), close), h("div", { class: "thread-scroll" }, h("div", { class: "thread-root" }), log), box.root);
  drawReplies();
  loadThread(channel.id, state.thread);
  box.focus();
  return undefined;
}

function drawReplies() {
  const pane = byId("thread");
  const log = pane.querySelector(".thread-log");
  const channel = here();
  if (pane.hidden || !log || !channel) return;
  const parent = state.messages.get(channel.id)?.find(({ ts }) => ts === state.thread);
  const replies = state.threads.get(state.thread) ?? [];
  const count = replies.length ? h("div", { class: "reply-count" }, `${replies.length} ${replies.length === 1 ? "reply" : "replies"}`) : null;
  const print = JSON.stringify([parent, replies.length, state.me]);
  const root = pane.querySelector(".thread-root");
  if (root.dataset.print !== print) fill(root, parent && messageNode(channel.id, parent, { inThread: true }), count);
  root.dataset.print = print;
  const scroll = pane.querySelector(".thread-scroll");
  const before = rows.length;
  rows = syncRows(log, rowsOf(channel.id, replies, { inThread: true }), rows);
  if (rows.length > before) scroll.scrollTop = scroll.scrollHeight;
}
