/** The side bar: channels, the app, the people one can be, and how the bot is doing. */

import { avatar } from "./avatar.js";
import { byId, fill, h, icon } from "./dom.js";
import { go } from "./places.js";
import { on, slackIsDown, state } from "./state.js";

const TRANSPORTS = { socket: "Socket Mode", http: "HTTP" };
const ICONS = { public: "hash", private: "lock", im: "chat" };

/** `become` is called with the id of the person to be from now on. */
export function startSidebar(become) {
  on("people channels place bot controls", () => draw(become));
  byId("scrim").addEventListener("click", () => showDrawer(false));
  addEventListener("keydown", ({ key }) => key === "Escape" && showDrawer(false));
}

/** On a narrow screen the side bar slides in over the page. */
export function showDrawer(open) {
  document.body.classList.toggle("drawer-open", open);
  byId("scrim").hidden = !open;
}

function draw(become) {
  const rooms = state.channels.filter(({ kind }) => kind !== "im");
  const direct = state.channels.filter(({ kind }) => kind === "im");
  const bar = byId("sidebar");
  const focused = document.activeElement?.closest("#sidebar [data-testid]")?.dataset.testid;
  fill(
    bar,
    h("div", { class: "team" }, h("span", { class: "team-name" }, state.team || "Playground"), h("span", { class: "transport", testid: "transport" }, TRANSPORTS[state.controls.transport] ?? "")),
    h("div", { class: "side-scroll" }, group("Channels", rooms.map(channelLink)), group("App", [...direct.map(channelLink), homeLink()])),
    h("div", { class: "people", role: "group", "aria-label": "Who you are" }, h("h2", {}, "You are"), state.people.map((one) => personButton(one, become))),
    botLine(),
  );
  if (focused) bar.querySelector(`[data-testid="${CSS.escape(focused)}"]`)?.focus();
}

const group = (title, links) => h("div", { class: "side-group" }, h("h2", {}, title), h("ul", {}, links.map((link) => h("li", {}, link))));

function entry({ label, iconName, active, unread = 0, place, testid, data }) {
  const classes = ["side-link", active && "active", unread > 0 && "unread"].filter(Boolean).join(" ");
  const select = () => {
    go(place);
    showDrawer(false);
  };
  const badge = unread > 0 ? h("span", { class: "badge", "aria-label": `${unread} unread` }, String(unread)) : null;
  return h("button", { type: "button", class: classes, testid, data, "aria-current": active ? "page" : null, onclick: select }, icon(iconName), h("span", { class: "side-label" }, label), badge);
}

function channelLink({ id, name, kind, unread }) {
  const active = state.place.kind === "channel" && state.place.id === id;
  return entry({ label: name, iconName: ICONS[kind] ?? "hash", active, unread: active ? 0 : Number(unread ?? 0), place: { kind: "channel", id }, testid: `channel-${name}`, data: { channelId: id } });
}

const homeLink = () => entry({ label: "App Home", iconName: "home", active: state.place.kind === "home", place: { kind: "home" }, testid: "open-home" });

function personButton(one, become) {
  const mine = one.id === state.me;
  return h(
    "button",
    { type: "button", class: `person${mine ? " active" : ""}`, testid: `person-${one.id}`, "aria-pressed": String(mine), title: `${one.name}, ${one.title} (${one.tz})`, onclick: () => become(one.id) },
    avatar(one, "small"),
    h("span", { class: "person-text" }, h("span", { class: "person-name" }, one.name), h("span", { class: "person-title" }, one.title)),
    mine && icon("check"),
  );
}

function botLine() {
  const { name, connected, connections } = state.bot;
  const lost = slackIsDown() ? "Slack is down" : `${name || "The bot"} is not connected`;
  const text = connected ? `${name} is connected${connections > 1 ? ` ${connections} times` : ""}` : lost;
  return h("div", { class: `bot-line ${connected ? "up" : "down"}`, testid: "bot-state", role: "status" }, h("span", { class: "dot", "aria-hidden": "true" }), text);
}
