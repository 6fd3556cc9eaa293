/** The elements of a context_actions block: icon buttons, and the pair that asks for an opinion. */

import { h, icon } from "./dom.js";
import { marks } from "./marks.js";
import { words } from "./mrkdwn.js";

const ICONS = { trash: "trash" };

export function iconButtonElement(element, place) {
  const fields = element.value === undefined ? {} : { value: element.value };
  const press = ({ currentTarget }) => place.surface.act(place.blockId, element, fields, currentTarget);
  const label = words(element.text);
  return h("button", { type: "button", class: "icon-button", ...marks(element, place), "aria-labelledby": null, "aria-label": label, title: label, onclick: press }, icon(ICONS[element.icon] ?? "more"));
}

export function feedbackElement(element, place) {
  const one = ({ text, value, accessibility_label: label }, shape) => {
    const press = ({ currentTarget }) => place.surface.act(place.blockId, element, { value }, currentTarget);
    return h("button", { type: "button", class: "icon-button", testid: "opinion", data: { value }, "aria-label": label ?? words(text), title: words(text), onclick: press }, icon(shape));
  };
  return h("span", { class: "opinions", role: "group", "aria-label": "Feedback", ...marks(element, place) }, one(element.positive_button, "up"), one(element.negative_button, "thumbdown"));
}
