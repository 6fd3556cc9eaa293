/** The channel view: messages by day, the empty state, and the composer below. */

import { composer } from "./composer.js";
import { byId, fill, h } from "./dom.js";
import { homePane } from "./home.js";
import { continues, messageNode, redraw } from "./message.js";
import { noticesIn } from "./notices.js";
import { announce, here, on, person, state } from "./state.js";
import { dayLabel, dayOf } from "./time.js";

let shown = { key: null, rows: [] };

/** Keep the view in step with the state. */
export function startConversation() {
  on("place people", drawPlace);
  on("messages people", drawMessages);
}

function drawPlace() {
  const pane = byId("conversation");
  shown = { key: null, rows: [] };
  if (state.place.kind === "home") return void fill(pane, homePane());
  const channel = here();
  if (!channel) return void fill(pane, h("p", { class: "empty" }, "Choose a channel on the left."));
  const log = h("div", { class: "log", role: "log", "aria-label": `Messages in ${channel.name}`, "aria-live": "off", testid: "messages", tabindex: "0" });
  const box = composer({ key: channel.id, channel, label: placeholder(channel), testid: "composer" });
  fill(pane, log, box.root);
  drawMessages();
  box.focus();
  return undefined;
}

const placeholder = (channel) => `Message ${channel.kind === "im" ? channel.name : `#${channel.name}`}`;

/** Redraw only what differs: a row is kept as long as its message and its neighbour are the same. */
function drawMessages() {
  const log = byId("conversation").querySelector(".log");
  const channel = here();
  if (!log || !channel) return;
  const loaded = state.messages.get(channel.id);
  if (!loaded) return void fill(log, h("p", { class: "empty" }, "Loading…"));
  const key = `${state.me}:${channel.id}`;
  const first = shown.key !== key;
  const stick = first || log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  const messages = [...loaded, ...noticesIn(channel.id)].sort((a, b) => Number(a.ts) - Number(b.ts));
  shown = { key, rows: syncRows(log, rowsOf(channel.id, messages), first ? [] : shown.rows) };
  if (stick) log.scrollTop = log.scrollHeight;
  // Only what arrives from now on is read out, not the whole history.
  if (first) setTimeout(() => log.setAttribute("aria-live", "polite"), 500);
  return undefined;
}

/** `{id, print, make}` for every day line and message. */
export function rowsOf(channel, messages, { inThread = false } = {}) {
  if (!messages.length && !inThread) return [{ id: "empty", print: channel, make: () => emptyState() }];
  let before = null;
  return messages.flatMap((message) => {
    const newDay = !inThread && (!before || dayOf(before.ts) !== dayOf(message.ts));
    const compact = !newDay && continues(before, message);
    before = message;
    const row = {
      id: message.ts,
      print: JSON.stringify([message, compact, state.me, state.people.length]),
      make: () => messageNode(channel, message, { compact, inThread }),
    };
    return newDay ? [{ id: `day-${dayOf(message.ts)}`, print: state.me, make: () => dayLine(message.ts) }, row] : [row];
  });
}

const dayLine = (ts) => h("div", { class: "day", role: "separator" }, h("span", {}, dayLabel(ts)));

/** Bring the children of `log` to `rows`, reusing nodes whose print is unchanged. */
export function syncRows(log, rows, before) {
  const old = new Map(before.map((row) => [row.id, row]));
  if (!before.length) log.replaceChildren();
  const wanted = new Set(rows.map(({ id }) => id));
  before.filter(({ id }) => !wanted.has(id)).forEach(({ node }) => node.remove());
  rows.forEach((row, index) => {
    const known = old.get(row.id);
    if (known?.print === row.print) row.node = known.node;
    else {
      row.node = row.make();
      if (known) redraw(known.node, row.node);
    }
    if (log.children[index] !== row.node) log.insertBefore(row.node, log.children[index] ?? null);
  });
  return rows;
}

/** Three things to try, from the app's first command. */
function firstTries() {
  const name = state.commands.find(({ command }) => command === "/risk") ?? state.commands[0];
  if (!name || name.command === "/risk") return ["/risk help", "/risk list", "/risk log"];
  return state.commands.slice(0, 3).map(({ command }) => command);
}

function emptyState() {
  const channel = here();
  const where = channel.kind === "im" ? `your direct messages with ${channel.name}` : `#${channel.name}`;
  const attempt = (text) =>
    h("button", { type: "button", class: "try", testid: "try", onclick: () => useText(text) }, h("code", {}, text));
  return h(
    "div",
    { class: "empty-state", testid: "empty" },
    h("h2", {}, `This is ${where}.`),
    channel.topic && h("p", { class: "topic-line" }, channel.topic),
    h("p", {}, "Nothing has been said here yet. Three things to try:"),
    h("div", { class: "tries" }, firstTries().map(attempt)),
    h("p", { class: "quiet" }, `You are ${person(state.me)?.name ?? state.me}. To be someone else, choose them at the foot of the side bar.`),
  );
}

function useText(text) {
  state.offered = text;
  announce("offered");
}
