/** The switches of the workspace: transport, Slack's faults, the theme, forgetting. A fault that is on is always in sight. */

import { post, trouble } from "./api.js";
import { confirm } from "./dialogs.js";
import { byId, fill, freshId, h, icon } from "./dom.js";
import { notify } from "./notices.js";
import { closePopup, showPopup } from "./popup.js";
import { on, state } from "./state.js";
import { chosenTheme, THEMES, useTheme } from "./themes.js";

const SLOW_SECONDS = 2;
const FINE = { slow: 0, limited: false, reset: "", down: false, older: false };

const FAULTS = [
  { id: "slow", label: "Slow", hint: `Every answer comes ${SLOW_SECONDS} s late`, change: (yes) => ({ slow: yes ? SLOW_SECONDS : 0 }), isOn: ({ slow }) => slow > 0, said: ({ slow }) => `answers come ${slow} s late` },
  { id: "429", label: "Too many requests", hint: "Every call is answered 429", change: (yes) => ({ limited: yes }), isOn: ({ limited }) => limited, said: () => "every call is answered 429" },
  { id: "reset-before", label: "Reset before", hint: "The connection is cut, nothing was done", change: (yes) => ({ reset: yes ? "before" : "" }), isOn: ({ reset }) => reset === "before", said: () => "connections are cut before a call is carried out" },
  { id: "reset-after", label: "Reset after", hint: "The call is carried out, its answer is lost", change: (yes) => ({ reset: yes ? "after" : "" }), isOn: ({ reset }) => reset === "after", said: () => "calls are carried out, but their answers are lost" },
  { id: "down", label: "Down", hint: "Sockets are closed, calls are refused", change: (yes) => ({ down: yes }), isOn: ({ down }) => down, said: () => "Slack is down" },
  { id: "older", label: "Without new blocks", hint: "Tables and charts are unknown block types", change: (yes) => ({ older: yes }), isOn: ({ older }) => older, said: () => "the workspace does not know data_table and data_visualization" },
];

let panel = null;

export function startFaultBar() {
  on("controls", () => {
    drawFaultBar();
    if (panel) redrawPanel();
  });
}

/** The switch that was just used keeps the focus. */
function redrawPanel() {
  const used = panel.contains(document.activeElement) ? document.activeElement.dataset.testid : null;
  fill(panel, panelContent());
  if (used) panel.querySelector(`[data-testid="${CSS.escape(used)}"]`)?.focus();
}

const active = () => FAULTS.filter(({ isOn }) => isOn(state.controls.faults));

function drawFaultBar() {
  const bar = byId("faults");
  const sentences = active().map(({ said }) => said(state.controls.faults));
  bar.hidden = sentences.length === 0;
  bar.dataset.testid = "fault-bar";
  fill(bar, icon("warn"), h("span", {}, h("strong", {}, "Fault switched on: "), `${sentences.join("; ")}.`), h("button", { type: "button", class: "button", testid: "faults-off", onclick: () => switchTo("faults", { faults: FINE }) }, "Turn off"));
}

/** Open or close the panel beside its button. */
export function toggleControls(button) {
  if (panel) return void closePopup();
  panel = h("div", { class: "controls", role: "dialog", "aria-label": "Workspace", testid: "controls" }, panelContent());
  button.setAttribute("aria-expanded", "true");
  showPopup(button, panel, { alignEnd: true, tall: true, onclose: () => shut(button) });
  panel.addEventListener("keydown", ({ key }) => key === "Escape" && (closePopup(), button.focus()));
  panel.querySelector("input:checked")?.focus();
  return undefined;
}

function shut(button) {
  panel = null;
  button.setAttribute("aria-expanded", "false");
}

function panelContent() {
  const { transport, faults } = state.controls;
  return [
    group("How requests reach the bot", radios("transport", [["socket", "Socket Mode"], ["http", "HTTP, signed"]], transport, changeTransport), h("p", { class: "hint" }, state.controls.own_bot ? "The bot is started again in the other mode." : "Start your bot again for the other mode.")),
    group("Slack's faults", FAULTS.map((fault) => faultSwitch(fault, faults))),
    group("Theme", radios("theme", THEMES, chosenTheme(), useTheme)),
    h("div", { class: "controls-group" }, h("button", { type: "button", class: "button danger", testid: "reset", onclick: reset }, "Forget all messages…")),
  ];
}

function group(title, ...content) {
  const id = freshId("group");
  return h("div", { class: "controls-group", role: "group", "aria-labelledby": id }, h("h3", { id }, title), content);
}

function radios(name, choices, chosen, choose) {
  const one = ([value, label]) =>
    h("label", { class: "segment" }, h("input", { type: "radio", name, checked: value === chosen, testid: `${name}-${value}`, onchange: () => choose(value) }), h("span", {}, label));
  return h("div", { class: "segments" }, choices.map(one));
}

function faultSwitch({ id, label, hint, change, isOn }, faults) {
  const flip = ({ target }) => switchTo("faults", { faults: change(target.checked) });
  return h("label", { class: "switch" }, h("input", { type: "checkbox", role: "switch", checked: isOn(faults), testid: `fault-${id}`, onchange: flip }), h("span", { class: "switch-text" }, label, h("span", { class: "choice-hint" }, hint)));
}

async function switchTo(path, body) {
  const reply = await post(`/ui/${path}`, { user: state.me, ...body });
  if (!reply.ok) notify(trouble(reply, "That could not be switched."));
  return reply;
}

async function changeTransport(transport) {
  const { restart_with: settings } = await switchTo("transport", { transport });
  if (settings) notify(`Start your bot again with ${Object.entries(settings).map(([name, value]) => `${name}=${value}`).join(" ")}`);
}

const plain = (text) => ({ type: "plain_text", text });

async function reset() {
  closePopup();
  const sure = await confirm({
    title: plain("Forget all messages?"), style: "danger", confirm: plain("Forget them"), deny: plain("Keep them"),
    text: plain("Every message, thread and file of this workspace is deleted, for everybody. People and channels stay, and so does what the bot itself has stored."),
  });
  if (sure) await switchTo("reset", {});
}
