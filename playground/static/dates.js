/** Date and time pickers, on the browser's own inputs. */

import { h } from "./dom.js";
import { marks } from "./marks.js";
import { debounced } from "./fields.js";
import { words } from "./mrkdwn.js";
import { me } from "./state.js";
import { fromLocalInput, toLocalInput } from "./time.js";

const TYPING_MS = 400;

function picker(type, key, { toText = (value) => value, fromText = (text) => text } = {}) {
  return (element, place) => {
    const { surface, blockId } = place;
    const value = surface.values.of(blockId, element)[key];
    const mark = marks(element, place);
    const title = words(element.placeholder) || null;
    const field = h("input", { type, class: "field date-field", title, ...mark, "aria-label": mark["aria-labelledby"] ? null : (title ?? "Date") });
    if (value !== null && value !== undefined) field.value = toText(value);
    const fields = () => ({ [key]: field.value ? fromText(field.value) : null });
    // A date typed digit by digit passes through years such as 0002: wait until the typing rests.
    const act = debounced(() => surface.act(blockId, element, fields(), field), TYPING_MS);
    field.addEventListener("change", () => {
      surface.values.set(blockId, element, fields());
      if (place.dispatch && field.value) act();
    });
    return field;
  };
}

export const dateElement = picker("date", "selected_date");
export const timeElement = picker("time", "selected_time");

const datetimeField = picker("datetime-local", "selected_date_time", { toText: toLocalInput, fromText: fromLocalInput });

/** With the zone beside it: the person's own, not the computer's. */
export function datetimeElement(element, place) {
  return h("div", { class: "field-box zoned" }, datetimeField(element, place), h("span", { class: "zone" }, me().tz));
}
