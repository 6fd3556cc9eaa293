/** Check boxes and radio buttons. */

import { freshId, h } from "./dom.js";
import { marks } from "./marks.js";
import { textObject } from "./mrkdwn.js";

function choice(type, name, option, checked, onchange) {
  const id = freshId("choice");
  return h(
    "label",
    { class: "choice", for: id },
    h("input", { type, id, name, checked, onchange, testid: "choice", data: { value: option.value } }),
    h("span", { class: "choice-text" }, textObject(option.text), option.description && h("span", { class: "choice-hint" }, textObject(option.description))),
  );
}

export function checkboxesElement(element, place) {
  const { surface, blockId } = place;
  const group = h("div", { class: "choices", role: "group", ...marks(element, place) });
  const selected = () => surface.values.of(blockId, element).selected_options;
  const toggle = (option) => async ({ target }) => {
    const before = selected();
    const chosen = element.options.filter((one) => (one.value === option.value ? target.checked : before.some(({ value }) => value === one.value)));
    surface.values.set(blockId, element, { selected_options: chosen });
    if (place.dispatch && !(await surface.act(blockId, element, { selected_options: chosen }, group))) {
      surface.values.set(blockId, element, { selected_options: before });
      target.checked = !target.checked;
    }
  };
  group.append(
    ...element.options.map((option) => choice("checkbox", null, option, selected().some(({ value }) => value === option.value), toggle(option))),
  );
  return group;
}

export function radioElement(element, place) {
  const { surface, blockId } = place;
  const group = h("div", { class: "choices", role: "radiogroup", ...marks(element, place) });
  const name = freshId("radio");
  const chosen = surface.values.of(blockId, element).selected_option?.value;
  const pick = (option) => () => {
    surface.values.set(blockId, element, { selected_option: option });
    if (place.dispatch) surface.act(blockId, element, { selected_option: option }, group);
  };
  group.append(...element.options.map((option) => choice("radio", name, option, option.value === chosen, pick(option))));
  return group;
}
