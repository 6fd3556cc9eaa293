/** The channel view: messages by day, the empty state, and the composer below. */

import { composer } from "./composer.js";
import { byId, fill, h } from "./dom.js";
import { homePane } from "./home.js";
import { continues, messageNode, redraw } from "./message.js";
import { noticesIn } from "./notices.js";
import { here, offer, on, person, state } from "./state.js";
import { dayLabel, dayOf } from "./time.js";

let shown = { key: null, rows: [] };
let pinned = true;

const atEnd = (log) => log.scrollHeight - log.scrollTop - log.clientHeight < 80;

/** Keep the view in step with the state. */
export function startConversation() {
  on("place people", drawPlace);
  on("messages people", drawMessages);
  on("said", follow);
}

/** Whoever has just said or sent something wants to see what comes of it, wherever they were reading. */
function follow() {
  pinned = true;
  toEnd(byId("conversation").querySelector(".log"));
}

const toEnd = (log) => log && (log.scrollTop = log.scrollHeight);

/** A log that becomes narrower grows, and one that becomes lower hides its end: whoever was at the end stays there. */
const resized = new ResizeObserver(([{ target }]) => pinned && toEnd(target));

function drawPlace() {
  const pane = byId("conversation");
  shown = { key: null, rows: [] };
  if (state.place.kind === "home") return void fill(pane, homePane());
  const channel = here();
  if (!channel) return void fill(pane, h("p", { class: "empty" }, "Choose a channel on the left."));
  const log = h("div", { class: "log", role: "log", "aria-label": `Messages in ${channel.name}`, "aria-live": "off", testid: "messages", tabindex: "0" });
  const box = composer({ key: channel.id, channel, label: placeholder(channel), testid: "composer" });
  pinned = true;
  let last = 0;
  // Only going up leaves the end; a log that grew under a reader at its end has not been left.
  log.addEventListener("scroll", () => {
    if (log.scrollTop < last || atEnd(log)) pinned = atEnd(log);
    last = log.scrollTop;
  });
  // A picture grows the log when its bytes arrive: whoever was at the end stays there.
  log.addEventListener("load", () => pinned && toEnd(log), true);
  resized.disconnect();
  resized.observe(log);
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
  const stick = first || pinned;
  const messages = [...loaded, ...noticesIn(channel.id)].sort((a, b) => Number(a.ts) - Number(b.ts));
  shown = { key, rows: syncRows(log, rowsOf(channel.id, messages), first ? [] : shown.rows) };
  if (stick) toEnd(log);
  // Only what arrives from now on is read out, not the whole history.
  if (first) setTimeout(() => log.setAttribute("aria-live", "polite"), 500);
  return undefined;
}

/** `{id, print, make}` for every day line and message. */
export function rowsOf(channel, messages, { inThread = false } = {}) {
  if (!messages.length && !inThread) return [{ id: "empty", print: channel, make: () => emptyState() }];
  let before = null;
  const firstNew = inThread ? null : firstUnseen(channel, messages);
  return messages.flatMap((message) => {
    const newDay = !inThread && (!before || dayOf(before.ts) !== dayOf(message.ts));
    const fresh = message === firstNew;
    const compact = !newDay && !fresh && continues(before, message);
    before = message;
    const row = {
      id: message.ts,
      print: JSON.stringify([message, compact, state.me, state.people.length]),
      make: () => messageNode(channel, message, { compact, inThread }),
    };
    const day = newDay && { id: `day-${dayOf(message.ts)}`, print: state.me, make: () => dayLine(message.ts) };
    return [day, fresh && { id: "new", print: state.me, make: newLine }, row].filter(Boolean);
  });
}

/** What others said since the person last looked here; only if they had looked before. */
function firstUnseen(channel, messages) {
  const since = state.newSince.get(channel) ?? 0;
  return since && messages.find(({ ts, user, notice }) => Number(ts) > since && user !== state.me && !notice);
}

const newLine = () => h("div", { class: "new-line", role: "separator", testid: "new-line" }, h("span", {}, "New"));

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

function emptyState() {
  const channel = here();
  const where = channel.kind === "im" ? `your direct messages with ${channel.name}` : `#${channel.name}`;
  const attempt = ({ command, description }) =>
    h("button", { type: "button", class: "try", testid: "try", title: description, onclick: () => offer(`${command} `) }, h("code", {}, command));
  return h(
    "div",
    { class: "empty-state", testid: "empty" },
    h("h2", {}, `This is ${where}.`),
    channel.topic && h("p", { class: "topic-line" }, channel.topic),
    h("p", {}, "Nothing has been said here yet. The app listens to:"),
    h("div", { class: "tries" }, state.commands.map(attempt)),
    h("p", { class: "quiet" }, `You are ${person(state.me)?.name ?? state.me}. To be someone else, choose them at the foot of the side bar.`),
  );
}
