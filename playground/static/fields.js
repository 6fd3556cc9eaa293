/** Text, number, e-mail and address inputs. */

import { hold } from "./api.js";
import { h } from "./dom.js";
import { marks } from "./marks.js";
import { words } from "./mrkdwn.js";

const TYPES = { plain_text_input: "text", number_input: "text", email_text_input: "email", url_text_input: "url" };
const TYPING_MS = 300;

export function textElement(element, place) {
  const shape = place.surface.values.of(place.blockId, element);
  const shared = { class: "field", placeholder: words(element.placeholder), autocomplete: "off", value: shape.value ?? "", ...marks(element, place) };
  const field = element.multiline
    ? h("textarea", { rows: "4", ...shared })
    : h("input", { type: TYPES[element.type], inputmode: element.type === "number_input" ? "decimal" : null, ...shared });
  const counter = element.max_length ? h("span", { class: "counter", "aria-live": "polite" }) : null;
  field.addEventListener("input", () => {
    place.surface.values.set(place.blockId, element, { value: field.value === "" ? null : field.value });
    if (counter) count(counter, field, element.max_length);
  });
  if (place.dispatch) dispatchTyping(element, place, field);
  return h("div", { class: "field-box" }, field, counter);
}

/** Characters left, shown once they run short; exceeding is allowed while typing and refused at submit, as in Slack. */
function count(counter, field, most) {
  const left = most - [...field.value].length;
  counter.textContent = left <= Math.max(20, most / 10) ? String(left) : "";
  counter.classList.toggle("over", left < 0);
}

function dispatchTyping(element, place, field) {
  const triggers = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const act = () => place.surface.act(place.blockId, element, { value: field.value === "" ? null : field.value }, field);
  if (triggers.includes("on_enter_pressed")) {
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      act();
    });
  }
  if (triggers.includes("on_character_entered")) field.addEventListener("input", debounced(act, TYPING_MS));
}

/** Run once things have been quiet for `ms`; the page counts as busy until then. */
export function debounced(run, ms) {
  let timer = null;
  let release = null;
  return (...given) => {
    clearTimeout(timer);
    release ??= hold();
    timer = setTimeout(async () => {
      const done = release;
      release = null;
      try {
        await run(...given);
      } finally {
        done();
      }
    }, ms);
  };
}
