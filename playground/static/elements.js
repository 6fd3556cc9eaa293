/** Block elements by type. Each maker gets `(element, place)` where place is `{surface, blockId, labelId, input, dispatch}`. */

import { h } from "./dom.js";
import { buttonElement, overflowElement } from "./buttons.js";
import { checkboxesElement, radioElement } from "./choices.js";
import { dateElement, datetimeElement, timeElement } from "./dates.js";
import { textElement } from "./fields.js";
import { feedbackElement, iconButtonElement } from "./opinions.js";
import { richInputElement } from "./rich_input.js";
import { selectElement } from "./select.js";
import { fileElement } from "./uploads.js";

const MAKERS = {
  button: buttonElement,
  workflow_button: buttonElement,
  overflow: overflowElement,
  checkboxes: checkboxesElement,
  radio_buttons: radioElement,
  datepicker: dateElement,
  timepicker: timeElement,
  datetimepicker: datetimeElement,
  plain_text_input: textElement,
  number_input: textElement,
  email_text_input: textElement,
  url_text_input: textElement,
  rich_text_input: richInputElement,
  file_input: fileElement,
  icon_button: iconButtonElement,
  feedback_buttons: feedbackElement,
};
for (const kind of ["static", "external", "users", "conversations", "channels"]) {
  MAKERS[`${kind}_select`] = selectElement;
  MAKERS[`multi_${kind}_select`] = selectElement;
}

/** The node of an element; a type nobody knows is a visible error. */
export function elementNode(element, place) {
  const make = MAKERS[element.type];
  return make ? make(element, place) : h("span", { class: "unknown", role: "alert" }, `This page cannot show an element of type “${element.type}”.`);
}
