/** The rich text input, as plain lines: what is typed becomes a rich_text value of one section. */

import { h } from "./dom.js";
import { marks } from "./marks.js";
import { words } from "./mrkdwn.js";

const textOf = (node) => node?.text ?? (node?.elements ?? []).map(textOf).join("");

const valueOf = (text) => (text ? { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text }] }] } : null);

export function richInputElement(element, place) {
  const { surface, blockId } = place;
  const shape = surface.values.of(blockId, element);
  const field = h("textarea", { class: "field", rows: "4", placeholder: words(element.placeholder), value: textOf(shape.rich_text_value), ...marks(element, place) });
  field.addEventListener("input", () => surface.values.set(blockId, element, { rich_text_value: valueOf(field.value) }));
  return h("div", { class: "field-box" }, field);
}
