/** Where blocks stand (a message, a modal, the App Home) and how what people do there reaches the bot. */

import { post, trouble } from "./api.js";
import { h } from "./dom.js";
import { state } from "./state.js";
import { confirm } from "./dialogs.js";
import { Values } from "./values.js";

const kept = new Map();

/** `entered` is what the server remembers, for a page that was loaded again. */
function valuesFor(key, entered) {
  if (!kept.has(key)) kept.set(key, new Values(entered));
  return kept.get(key);
}

/** Forget what was entered into views that are closed. */
export function forgetViews(openIds) {
  for (const key of kept.keys()) if (key.startsWith("V:") && !openIds.includes(key.slice(2))) kept.delete(key);
}

export function messageSurface(channel, message) {
  const container = { type: "message", channel, ts: message.ts, ephemeral: Boolean(message.ephemeral) };
  if (message.thread_ts) container.thread_ts = message.thread_ts;
  return new Surface("message", container, message.blocks, valuesFor(`M:${state.me}:${channel}:${message.ts}`));
}

export const viewSurface = (view) => new Surface("view", { type: "view", view_id: view.id }, view.blocks, valuesFor(`V:${view.id}`, view.state?.values));
export const homeSurface = (view) =>
  new Surface("home", { type: "view", view_id: view.id }, view.blocks, valuesFor(`H:${state.me}:${view.id}`, view.state?.values));

class Surface {
  constructor(kind, container, blocks, values) {
    Object.assign(this, { kind, container, blocks, values });
  }

  #body(blockId, element) {
    return { user: state.me, container: this.container, block_id: blockId, action_id: element.action_id };
  }

  /**
   * Tell the bot that an element was used; `node` shows that it is pending until the ack.
   * Resolves to false when the person answered the confirm dialog with no.
   */
  async act(blockId, element, fields, node) {
    if (element.confirm && !(await confirm(element.confirm))) return false;
    this.#complain(node, null);
    node.setAttribute("aria-busy", "true");
    const snapshot = this.values.snapshot(this.blocks);
    const reply = await post("/ui/action", { ...this.#body(blockId, element), element_type: element.type, ...fields, state: snapshot });
    node.removeAttribute("aria-busy");
    this.#complain(node, reply.ok ? null : trouble(reply, "The app did not react to this."));
    return true;
  }

  /** Ask the bot for options; `{options}`, `{option_groups}` or an error. */
  options(blockId, element, text) {
    return post("/ui/options", { ...this.#body(blockId, element), value: text });
  }

  #complain(node, sentence) {
    const block = node.closest(".block");
    block?.querySelector(":scope > .trouble")?.remove();
    if (sentence && block) block.append(h("p", { class: "trouble", role: "alert", testid: "trouble" }, sentence));
  }
}
