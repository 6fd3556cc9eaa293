/** Dialogs that hold the focus: the confirm dialog, and the trap that modals share. */

import { byId, freshId, h } from "./dom.js";
import { textObject, words } from "./mrkdwn.js";

const FOCUSABLE = "a[href],button:not([disabled]),input:not([disabled]),textarea:not([disabled]),[tabindex='0']";

const focusable = (root) => [...root.querySelectorAll(FOCUSABLE)].filter((node) => node.offsetParent !== null);

/** Keep Tab inside `root`. */
export function trapFocus(root) {
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Tab" || event.defaultPrevented) return;
    const nodes = focusable(root);
    const edge = event.shiftKey ? nodes[0] : nodes.at(-1);
    if (document.activeElement !== edge && root.contains(document.activeElement)) return;
    event.preventDefault();
    (event.shiftKey ? nodes.at(-1) : nodes[0])?.focus();
  });
}

/** Focus the first field of a modal, else its main button. */
export function focusFirst(modal) {
  const field = modal.querySelector(".modal-body :is(input,textarea)");
  (field ?? modal.querySelector(".modal-foot .button:last-child") ?? modal).focus();
}

/** Make everything below the topmost layer unreachable. */
export function settleLayers() {
  const modal = byId("modals").childElementCount > 0;
  const dialog = byId("dialogs").childElementCount > 0;
  byId("app").inert = modal || dialog;
  byId("modals").inert = dialog;
}

/** Ask what a `confirm` object asks; resolves to true or false. */
export function confirm(object) {
  const before = document.activeElement;
  return new Promise((resolve) => {
    const answer = (yes) => () => {
      layer.remove();
      settleLayers();
      before?.focus?.();
      resolve(yes);
    };
    const layer = confirmLayer(object, answer);
    byId("dialogs").append(layer);
    settleLayers();
    layer.querySelector("[data-testid=confirm-yes]").focus();
  });
}

function confirmLayer(object, answer) {
  const id = freshId("confirm");
  const style = object.style === "danger" ? "danger" : "primary";
  const dialog = h(
    "div",
    { class: "dialog", role: "alertdialog", "aria-modal": "true", "aria-labelledby": id, testid: "confirm" },
    h("h2", { id }, words(object.title)),
    h("div", { class: "text" }, textObject(object.text)),
    h(
      "div",
      { class: "dialog-foot" },
      h("button", { type: "button", class: "button", testid: "confirm-no", onclick: answer(false) }, words(object.deny) || "Cancel"),
      h("button", { type: "button", class: `button ${style}`, testid: "confirm-yes", onclick: answer(true) }, words(object.confirm) || "Yes"),
    ),
  );
  trapFocus(dialog);
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    answer(false)();
  });
  return h("div", { class: "layer" }, dialog);
}
