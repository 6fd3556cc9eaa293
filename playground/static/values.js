/** What people have entered: the `state.values` of one message or view. */

import { state } from "./state.js";

const INITIAL = {
  plain_text_input: (e) => ({ value: e.initial_value ?? null }),
  number_input: (e) => ({ value: e.initial_value === undefined ? null : String(e.initial_value) }),
  email_text_input: (e) => ({ value: e.initial_value ?? null }),
  url_text_input: (e) => ({ value: e.initial_value ?? null }),
  static_select: (e) => ({ selected_option: e.initial_option ?? null }),
  external_select: (e) => ({ selected_option: e.initial_option ?? null }),
  radio_buttons: (e) => ({ selected_option: e.initial_option ?? null }),
  multi_static_select: (e) => ({ selected_options: e.initial_options ?? [] }),
  multi_external_select: (e) => ({ selected_options: e.initial_options ?? [] }),
  checkboxes: (e) => ({ selected_options: e.initial_options ?? [] }),
  users_select: (e) => ({ selected_user: e.initial_user ?? null }),
  multi_users_select: (e) => ({ selected_users: e.initial_users ?? [] }),
  conversations_select: (e) => ({ selected_conversation: e.initial_conversation ?? current(e) ?? null }),
  multi_conversations_select: (e) => ({ selected_conversations: e.initial_conversations ?? (current(e) ? [current(e)] : []) }),
  channels_select: (e) => ({ selected_channel: e.initial_channel ?? null }),
  multi_channels_select: (e) => ({ selected_channels: e.initial_channels ?? [] }),
  datepicker: (e) => ({ selected_date: e.initial_date ?? null }),
  timepicker: (e) => ({ selected_time: e.initial_time ?? null }),
  rich_text_input: (e) => ({ rich_text_value: e.initial_value ?? null }),
  file_input: () => ({ files: [] }),
  datetimepicker: (e) => ({ selected_date_time: e.initial_date_time ?? null }),
};

const current = (element) => (element.default_to_current_conversation && state.place.kind === "channel" ? state.place.id : null);

/** Whether a state shape holds nothing. */
export function isEmpty(shape) {
  const [value] = Object.entries(shape).filter(([name]) => name !== "type").map(([, one]) => one);
  return value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}

/** The block's elements that hold a value. */
export function statefulElements(block) {
  const elements = [block.element, block.accessory, ...(block.type === "actions" ? block.elements : [])];
  return elements.filter((element) => element && INITIAL[element.type]);
}

export class Values {
  #blocks = new Map();
  /** Told the block in which somebody has just changed something. */
  onchange = () => {};

  constructor(entered = {}) {
    for (const [blockId, shapes] of Object.entries(entered)) this.#blocks.set(blockId, new Map(Object.entries(shapes)));
  }

  /** The state shape of an element; its initial value when nothing was entered. Kept across updates with the same ids. */
  of(blockId, element) {
    const block = this.#blocks.get(blockId) ?? new Map();
    this.#blocks.set(blockId, block);
    const known = block.get(element.action_id);
    if (known?.type === element.type) return known;
    const shape = { type: element.type, ...INITIAL[element.type](element) };
    block.set(element.action_id, shape);
    return shape;
  }

  set(blockId, element, fields) {
    const shape = { type: element.type, ...fields };
    this.of(blockId, element);
    this.#blocks.get(blockId).set(element.action_id, shape);
    this.onchange(blockId);
    return shape;
  }

  /** `{block_id: {action_id: shape}}` for exactly these blocks, as Slack sends it. */
  snapshot(blocks) {
    const values = {};
    for (const block of blocks ?? []) {
      for (const element of statefulElements(block)) {
        values[block.block_id] = { ...values[block.block_id], [element.action_id]: this.of(block.block_id, element) };
      }
    }
    return values;
  }
}
