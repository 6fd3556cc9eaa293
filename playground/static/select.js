/** All selects: a combobox that filters, or searches with the bot, with one choice or several. */

import { trouble } from "./api.js";
import { avatar } from "./avatar.js";
import { freshId, h, iconButton } from "./dom.js";
import { marks } from "./marks.js";
import { debounced } from "./fields.js";
import { words } from "./mrkdwn.js";
import { showPopup } from "./popup.js";
import { chosenEntries, chosenFields, groupsOf, localGroups, shapeOf } from "./sources.js";

const SEARCH_MS = 250;

export const selectElement = (element, place) => new Select(element, place).root;

class Select {
  #search = debounced((text) => this.#ask(text), SEARCH_MS);

  constructor(element, place) {
    Object.assign(this, { element, place, shape: shapeOf(element), popup: null, entries: [], active: -1, asked: 0 });
    this.listId = freshId("list");
    this.input = this.#makeInput();
    this.chips = h("span", { class: "chips" });
    this.clear = iconButton("close", "Clear the choice", () => this.#choose([]), { class: "icon-button select-clear", tabindex: "-1" });
    this.root = h("div", { class: `select${this.shape.multi ? " multi" : ""}` }, this.chips, this.input, this.clear);
    this.#show();
  }

  #makeInput() {
    const { element, place } = this;
    const label = marks(element, place);
    return h("input", {
      type: "text", class: "select-input", role: "combobox", autocomplete: "off", spellcheck: "false",
      "aria-expanded": "false", "aria-controls": this.listId, "aria-autocomplete": "list", ...label,
      "aria-label": label["aria-labelledby"] ? null : words(element.placeholder) || "Choose",
      onclick: () => this.#open(), onfocus: () => this.input.select(), oninput: () => this.#typed(),
      onkeydown: (event) => this.#key(event), onblur: () => this.#leave(),
    });
  }

  get #chosen() {
    return chosenEntries(this.place.surface.values.of(this.place.blockId, this.element), this.shape);
  }

  /** Show what is chosen: as the input's text, or as chips. */
  #show() {
    const chosen = this.#chosen;
    const placeholder = words(this.element.placeholder) || "Choose…";
    this.input.placeholder = this.shape.multi && chosen.length ? "" : placeholder;
    this.input.value = this.shape.multi ? "" : (chosen[0]?.label ?? "");
    this.clear.hidden = this.shape.multi || !this.place.input || chosen.length === 0;
    this.chips.replaceChildren(...(this.shape.multi ? chosen.map((entry) => this.#chip(entry)) : []));
  }

  #chip(entry) {
    const remove = () => this.#choose(this.#chosen.filter(({ key }) => key !== entry.key));
    return h("span", { class: "chip" }, entry.label, iconButton("close", `Remove ${entry.label}`, remove));
  }

  #open() {
    if (this.popup) return;
    this.list = h("div", { class: "listbox", role: "listbox", id: this.listId, onpointerdown: (event) => event.preventDefault() });
    this.popup = showPopup(this.root, this.list, { matchWidth: true, onclose: () => this.#closed() });
    this.input.setAttribute("aria-expanded", "true");
    this.#load("");
  }

  #closed() {
    this.popup = null;
    this.active = -1;
    this.asked += 1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  #leave() {
    const emptied = !this.shape.multi && this.place.input && this.input.value === "" && this.#chosen.length;
    this.popup?.close();
    if (emptied) this.#choose([]);
    else this.#show();
  }

  #typed() {
    this.#open();
    this.#load(this.input.value);
  }

  #load(text) {
    if (!this.shape.remote) return this.#offer(localGroups(this.element, text));
    const least = this.element.min_query_length ?? 3;
    if ([...text].length < least) return this.#tell(least === 1 ? "Type to search." : `Type at least ${least} characters to search.`);
    this.#tell("Searching…");
    return this.#search(text);
  }

  async #ask(text) {
    if (!this.popup) return;
    this.asked += 1;
    const ticket = this.asked;
    const reply = await this.place.surface.options(this.place.blockId, this.element, text);
    if (ticket !== this.asked || !this.popup) return;
    if (reply.ok === false || reply.error) this.#tell(trouble(reply, "The search failed."), true);
    else this.#offer(groupsOf(reply));
  }

  #tell(sentence, bad = false) {
    this.entries = [];
    this.active = -1;
    this.list.replaceChildren(h("p", { class: bad ? "list-note trouble" : "list-note", role: "status" }, sentence));
    this.popup.place();
  }

  #offer(groups) {
    this.entries = groups.flatMap(({ entries }) => entries);
    if (!this.entries.length) return this.#tell("No results.");
    const taken = new Set(this.#chosen.map(({ key }) => key));
    const rows = groups.flatMap(({ label, entries }) => [label && h("p", { class: "list-group" }, label), ...entries.map((entry) => this.#row(entry, taken))]);
    this.list.replaceChildren(...rows.filter(Boolean));
    this.popup.place();
    this.#activate(Math.max(0, this.shape.multi ? 0 : this.entries.findIndex(({ key }) => taken.has(key))));
    return undefined;
  }

  #row(entry, taken) {
    return h(
      "div",
      {
        class: "option", role: "option", id: freshId("option"), testid: "option", data: { value: entry.key },
        "aria-selected": String(taken.has(entry.key)), onclick: () => this.#pick(entry),
      },
      entry.user && avatar(entry.user, "tiny"),
      h("span", { class: "option-text" }, entry.label),
      entry.hint && h("span", { class: "option-hint" }, entry.hint),
    );
  }

  #activate(index) {
    const rows = this.list.querySelectorAll("[role=option]");
    rows[this.active]?.classList.remove("active");
    this.active = index;
    const row = rows[index];
    row?.classList.add("active");
    row?.scrollIntoView({ block: "nearest" });
    if (row) this.input.setAttribute("aria-activedescendant", row.id);
  }

  #key(event) {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (!this.popup) return void this.#open();
      if (this.entries.length) this.#activate((this.active + step + this.entries.length) % this.entries.length);
    } else if (event.key === "Enter" && this.popup) {
      event.preventDefault();
      event.stopPropagation();
      if (this.entries[this.active]) this.#pick(this.entries[this.active]);
    } else if (event.key === "Escape" && this.popup) {
      event.preventDefault();
      event.stopPropagation();
      this.popup.close();
      this.#show();
    } else if (event.key === "Backspace" && this.shape.multi && !this.input.value && this.#chosen.length) {
      this.#choose(this.#chosen.slice(0, -1));
    }
  }

  #pick(entry) {
    const chosen = this.#chosen;
    const taken = chosen.some(({ key }) => key === entry.key);
    if (!this.shape.multi) return this.#choose([entry]);
    const most = this.element.max_selected_items ?? Infinity;
    if (!taken && chosen.length >= most) return this.#tell(`No more than ${most} can be chosen.`);
    return this.#choose(taken ? chosen.filter(({ key }) => key !== entry.key) : [...chosen, entry]);
  }

  async #choose(entries) {
    const { surface, blockId } = this.place;
    const before = chosenFields(this.#chosen, this.shape);
    const fields = chosenFields(entries, this.shape);
    surface.values.set(blockId, this.element, fields);
    this.popup?.close();
    this.#show();
    if (this.place.dispatch && !(await surface.act(blockId, this.element, fields, this.input))) {
      surface.values.set(blockId, this.element, before);
      this.#show();
    }
  }
}
