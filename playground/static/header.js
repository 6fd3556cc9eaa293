/** The bar above the conversation, and the banner when something is down. */

import { byId, fill, h, icon, iconButton } from "./dom.js";
import { go } from "./places.js";
import { showDrawer } from "./sidebar.js";
import { botChannel, here, on, state } from "./state.js";
import { toggleWire } from "./wire.js";

export function startHeader() {
  on("place people channels", drawHeader);
  on("bot people reachable", drawBanner);
}

function drawHeader() {
  const channel = here();
  const home = state.place.kind === "home";
  document.title = `${home ? "App Home" : channel ? channel.name : "Playground"} · ${state.team || "Playground"}`;
  fill(
    byId("header"),
    iconButton("menu", "Show the side bar", () => showDrawer(true), { class: "icon-button only-narrow", testid: "show-sidebar" }),
    h("div", { class: "where" }, h("h1", {}, title(channel, home)), channel?.topic && h("span", { class: "topic" }, channel.topic)),
    home || channel?.kind === "im" ? tabs(home) : null,
    h("button", { type: "button", class: "wire-toggle", testid: "wire-toggle", "aria-controls": "wire", onclick: toggleWire }, icon("wire"), h("span", {}, "Wire log")),
  );
}

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

function drawBanner() {
  const { name, connected, message } = state.bot;
  const banner = byId("banner");
  const sentence = !state.reachable
    ? "The playground server does not answer. This page tries again by itself."
    : connected
      ? ""
      : `${name || "The bot"} is not running: commands and buttons will not be answered. ${message ?? ""}`;
  banner.hidden = !sentence;
  fill(banner, sentence && icon("warn"), sentence && h("span", {}, sentence));
}
