/** Buttons and the overflow menu. */

import { h, icon } from "./dom.js";
import { marks } from "./marks.js";
import { textObject, words } from "./mrkdwn.js";
import { showMenu } from "./popup.js";

export function buttonElement(element, place) {
  const { surface, blockId } = place;
  const style = element.style ? ` ${element.style}` : "";
  const fields = element.value === undefined ? {} : { value: element.value };
  const press = (event) => surface.act(blockId, element, fields, event.currentTarget);
  const shared = { class: `button${style}`, ...marks(element, place), "aria-labelledby": null, "aria-label": element.accessibility_label };
  const label = h("span", { class: "button-label" }, textObject(element.text));
  if (element.url) return h("a", { ...shared, href: element.url, target: "_blank", rel: "noopener noreferrer", onclick: press }, label);
  return h("button", { ...shared, type: "button", onclick: (event) => event.currentTarget.ariaBusy !== "true" && press(event) }, label);
}

export function overflowElement(element, place) {
  const { surface, blockId } = place;
  const button = h(
    "button",
    { type: "button", class: "button overflow", "aria-haspopup": "menu", "aria-expanded": "false", ...marks(element, place), "aria-label": "More choices", "aria-labelledby": null },
    icon("more"),
  );
  const entry = (option) => ({
    label: words(option.text),
    hint: words(option.description),
    href: option.url,
    testid: "option",
    data: { value: option.value },
    onselect: () => surface.act(blockId, element, { selected_option: option }, button),
  });
  button.addEventListener("click", () => showMenu(button, element.options.map(entry), { label: "Choices" }));
  return button;
}
