/** The bar above the conversation, and the banner when something is down. */

import { byId, fill, h, icon, iconButton } from "./dom.js";
import { go } from "./places.js";
import { showDrawer } from "./sidebar.js";
import { botChannel, here, on, slackIsDown, state } from "./state.js";
import { toggleControls } from "./controls.js";
import { toggleWire, wireOpen } from "./wire.js";

export function startHeader() {
  on("place people channels wire-place", drawHeader);
  on("bot people reachable controls", drawBanner);
}

function drawHeader() {
  const channel = here();
  const home = state.place.kind === "home";
  const waiting = state.channels.reduce((sum, { unread }) => sum + Number(unread ?? 0), 0);
  document.title = `${waiting ? `(${waiting}) ` : ""}${home ? "App Home" : channel ? channel.name : "Playground"} · ${state.team || "Playground"}`;
  fill(
    byId("header"),
    iconButton("menu", "Show the side bar", () => showDrawer(true), { class: "icon-button only-narrow", testid: "show-sidebar" }),
    h("div", { class: "where" }, h("h1", {}, title(channel, home)), channel?.topic && h("span", { class: "topic" }, channel.topic)),
    home || channel?.kind === "im" ? tabs(home) : null,
    tool("wire", "Wire log", "wire-toggle", toggleWire, { "aria-controls": "wire", "aria-pressed": String(wireOpen()) }),
    tool("tune", "Workspace", "controls-toggle", (event) => toggleControls(event.currentTarget), { "aria-haspopup": "dialog", "aria-expanded": "false" }),
  );
}

const tool = (shape, label, testid, onclick, more) =>
  h("button", { type: "button", class: "tool", testid, "aria-label": label, title: label, onclick, ...more }, icon(shape), h("span", {}, label));

function title(channel, home) {
  if (home) return [icon("home"), state.bot.name];
  if (!channel) return ["Playground"];
  return [icon({ public: "hash", private: "lock", im: "chat" }[channel.kind] ?? "hash"), channel.name];
}

function tabs(home) {
  const tab = (label, active, place) =>
    h("button", { type: "button", role: "tab", class: `tab${active ? " active" : ""}`, "aria-selected": String(active), testid: `tab-${label.toLowerCase()}`, onclick: () => go(place) }, label);
  const messages = botChannel();
  return h("div", { class: "tabs", role: "tablist" }, tab("Home", home, { kind: "home" }), messages && tab("Messages", !home, { kind: "channel", id: messages.id }));
}

/** A bot left over from another start takes every second request: nobody finds that without being told. */
const severalBots = (count) =>
  count > 1 ? `${count} connections share the requests: each goes to one of them in turn. If you started one bot only, another is still running.` : "";

/** Nothing while Slack is switched down: the bar of the faults says that, and the bot has no part in it. */
function aboutTheBot() {
  const { name, connected, message, connections } = state.bot;
  if (connected) return severalBots(connections);
  return slackIsDown() ? "" : `${name || "The bot"} is not connected: commands and buttons will not be answered. ${message ?? ""}`;
}

function drawBanner() {
  const banner = byId("banner");
  const sentence = state.reachable ? aboutTheBot() : "The playground server does not answer. This page tries again by itself.";
  banner.hidden = !sentence;
  fill(banner, sentence && icon("warn"), sentence && h("span", {}, sentence));
}
