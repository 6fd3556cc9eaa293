/** The stack of modals: the topmost is shown, what was entered in each is kept until it closes. */

import { post, trouble } from "./api.js";
import { blockNodes } from "./blocks.js";
import { focusFirst, settleLayers, trapFocus } from "./dialogs.js";
import { byId, fill, freshId, h, iconButton } from "./dom.js";
import { keepFocus } from "./focus.js";
import { words } from "./mrkdwn.js";
import { closePopup } from "./popup.js";
import { announce, on, state } from "./state.js";
import { forgetViews, viewSurface } from "./surface.js";
import { filedForm } from "./tour.js";
import { problems } from "./validate.js";

let shown = { id: null, print: null };
let before = null;

export const startModals = () => on("views people", draw);

function draw() {
  const view = state.views.at(-1);
  const layer = byId("modals");
  forgetViews(state.views.map(({ id }) => id));
  if (!view) return close(layer);
  const print = JSON.stringify([{ ...view, state: null }, state.views.length]);
  if (shown.print === print) return undefined;
  const updated = shown.id === view.id;
  before ??= document.activeElement;
  const scroll = updated ? layer.querySelector(".modal-body")?.scrollTop : 0;
  closePopup();
  shown = { id: view.id, print };
  const kept = keepFocus(updated ? layer : null, () => {
    fill(layer, h("div", { class: "layer" }, modalNode(view)));
    settleLayers();
    return layer;
  });
  layer.querySelector(".modal-body").scrollTop = scroll ?? 0;
  if (!kept) focusFirst(layer.querySelector(".modal"));
  return undefined;
}

function close(layer) {
  if (!shown.id) return;
  shown = { id: null, print: null };
  closePopup();
  fill(layer);
  settleLayers();
  before?.focus?.();
  before = null;
}

function modalNode(view) {
  const titleId = freshId("title");
  const surface = viewSurface(view);
  const body = h("div", { class: "modal-body blocks" }, blockNodes(surface));
  const submit = view.submit && h("button", { type: "submit", class: "button primary", testid: "modal-submit" }, words(view.submit));
  const leave = () => dismiss(view);
  const stacked = state.views.length > 1;
  const node = h(
    "form",
    { class: "modal", role: "dialog", "aria-modal": "true", "aria-labelledby": titleId, testid: "modal", data: { viewId: view.id, callbackId: view.callback_id ?? "" }, novalidate: true },
    h("header", { class: "modal-head" }, stacked && iconButton("back", "Back", leave, { testid: "modal-back" }), appMark(), h("h2", { id: titleId }, words(view.title)), iconButton("close", "Close", () => dismiss(view, stacked), { testid: "modal-close" })),
    h("p", { class: "modal-trouble trouble", role: "alert", testid: "modal-error", hidden: true }),
    body,
    h("footer", { class: "modal-foot" }, h("button", { type: "button", class: "button", onclick: leave, testid: "modal-cancel" }, words(view.close) || (submit ? "Cancel" : "Close")), submit),
  );
  node.addEventListener("submit", (event) => {
    event.preventDefault();
    if (submit && submit.ariaBusy !== "true") send(view, surface, node, submit);
  });
  surface.values.onchange = (blockId) => takeBack(node, blockId);
  node.addEventListener("keydown", (event) => keys(event, node, submit, leave));
  trapFocus(node);
  return node;
}

const appMark = () => h("span", { class: "avatar small app", "aria-hidden": "true" }, (state.bot.name || "A")[0]);

function keys(event, node, submit, leave) {
  if (event.key === "Escape" && !event.defaultPrevented) {
    event.stopPropagation();
    leave();
  } else if (event.key === "Enter" && (event.metaKey || event.ctrlKey) && submit) {
    event.preventDefault();
    node.requestSubmit(submit);
  }
}

async function send(view, surface, node, submit) {
  const found = problems(view.blocks ?? [], surface.values);
  showProblems(node, found);
  if (Object.keys(found).length) return undefined;
  submit.setAttribute("aria-busy", "true");
  const reply = await post("/ui/submit", { user: state.me, view_id: view.id, state: { values: surface.values.snapshot(view.blocks) } });
  submit.removeAttribute("aria-busy");
  const errors = reply.errors && !Array.isArray(reply.errors) ? reply.errors : null;
  if (errors) return showProblems(node, errors);
  if (!reply.ok) return showTrouble(node, trouble(reply, "We had some trouble connecting. Try again?"));
  // a form that is answered by another view, as by a refusal, is not done with
  if (!reply.response_action) filedForm(view.callback_id);
  return announce("said");
}

function showTrouble(node, sentence) {
  const line = node.querySelector(".modal-trouble");
  line.textContent = sentence;
  line.hidden = !sentence;
}

/** Write each sentence under its input, take away the others, and go to the first. */
function showProblems(node, found) {
  showTrouble(node, "");
  const lines = [...node.querySelectorAll(".field-error")];
  for (const line of lines) complain(line, found[line.dataset.blockId] ?? "");
  const homeless = Object.keys(found).filter((id) => !lines.some((line) => line.dataset.blockId === id));
  if (homeless.length) showTrouble(node, homeless.map((id) => `${id}: ${found[id]}`).join(" "));
  const first = lines.find((line) => !line.hidden)?.closest(".block");
  first?.querySelector("input,textarea,[tabindex='0']")?.focus();
  first?.scrollIntoView({ block: "nearest" });
}

function complain(line, sentence) {
  line.textContent = sentence;
  line.hidden = !sentence;
  const block = line.closest(".block");
  block.classList.toggle("invalid", Boolean(sentence));
  block.querySelectorAll("[data-action-id]").forEach((field) => field.setAttribute("aria-invalid", String(Boolean(sentence))));
}

/** What was said about an input is taken back once somebody changes it; what is wrong still is said at the next sending. */
function takeBack(node, blockId) {
  const line = [...node.querySelectorAll(".field-error")].find(({ dataset }) => dataset.blockId === blockId);
  if (line && !line.hidden) complain(line, "");
}

/** Close this view; with `whole`, as by the cross, the stack below it too. */
async function dismiss(view, whole = false) {
  const reply = await post("/ui/close", { user: state.me, view_id: view.id, ...(whole ? { whole } : {}) });
  const node = byId("modals").querySelector(".modal");
  if (!reply.ok && node) showTrouble(node, trouble(reply, "This view could not be closed."));
}
