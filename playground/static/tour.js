/** The first minute: three things to try, ticked off when done, gone when dismissed. */

import { post, trouble } from "./api.js";
import { byId, fill, h, icon, iconButton } from "./dom.js";
import { keep, recall } from "./memory.js";
import { notify } from "./notices.js";
import { go } from "./places.js";
import { announce, here, offer, on, state } from "./state.js";

let done = recall("tour.done", []);
let dismissed = recall("tour.dismissed", false);

export const startTour = () => on("tour place people", draw);

/** A line was sent and answered: tick off the step it belongs to, unless that ends with a form. */
export const sent = (line) => tick(({ command, form }) => !form && (line === command || line.startsWith(`${command} `)));

/** A form was sent and taken: tick off the step that ends with it. */
export const filedForm = (callbackId) => tick(({ form }) => form && form === callbackId);

function tick(isIt) {
  const step = state.tour.find(isIt);
  if (!step || done.includes(step.command)) return;
  done = [...done, step.command];
  keep("tour.done", done);
  draw();
}

function dismiss() {
  dismissed = true;
  keep("tour.dismissed", true);
  draw();
}

function draw() {
  const pane = byId("tour");
  pane.hidden = dismissed || state.tour.length === 0 || state.place.kind === "home";
  pane.dataset.testid = "tour";
  if (pane.hidden) return void fill(pane);
  const count = state.tour.filter(({ command }) => done.includes(command)).length;
  fill(
    pane,
    h("header", { class: "tour-head" }, h("h2", {}, count === state.tour.length ? "All three done" : "Three things to try first"), h("span", { class: "quiet", testid: "tour-count" }, `${count} of ${state.tour.length}`), iconButton("close", "Hide these suggestions", dismiss, { testid: "tour-dismiss" })),
    h("ol", { class: "tour-steps" }, state.tour.map(stepNode)),
  );
  return undefined;
}

function stepNode({ title, text, command }, index) {
  const ticked = done.includes(command);
  return h(
    "li",
    { class: `tour-step${ticked ? " done" : ""}`, testid: "tour-step", data: { done: String(ticked) } },
    h("span", { class: "tour-mark", role: "img", "aria-label": ticked ? "Done" : `Step ${index + 1}` }, ticked ? icon("check") : String(index + 1)),
    h("span", { class: "tour-words" }, h("span", { class: "tour-title" }, title), h("span", { class: "tour-text" }, text)),
    h(
      "span",
      { class: "tour-do" },
      h("button", { type: "button", class: "try", testid: "tour-fill", title: "Put it into the composer", onclick: () => inChannel() && offer(command) }, h("code", {}, command)),
      h("button", { type: "button", class: "button", testid: "tour-run", "aria-label": `Run ${command}`, onclick: ({ currentTarget }) => run(command, currentTarget) }, icon("play"), "Run"),
    ),
  );
}

/** Commands are typed in a channel: from the Home tab, go to the first one. */
function inChannel() {
  if (!here() && state.channels[0]) go({ kind: "channel", id: state.channels[0].id });
  return Boolean(here());
}

async function run(command, button) {
  if (!inChannel()) return;
  button.setAttribute("aria-busy", "true");
  announce("said");
  const channel = here().id;
  const reply = await post("/ui/send", { user: state.me, channel, text: command });
  button.removeAttribute("aria-busy");
  if (reply.ok) sent(command);
  else notify(trouble(reply, `${command} was not delivered.`), channel);
}
