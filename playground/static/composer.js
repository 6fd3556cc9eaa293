/** The box in which people write: drafts, completion, shortcuts, sending. */

import { post, trouble, upload } from "./api.js";
import { isUnknownCommand, suggest } from "./completion.js";
import { freshId, h, icon, iconButton } from "./dom.js";
import { runShortcut } from "./message.js";
import { notify } from "./notices.js";
import { showMenu } from "./popup.js";
import { announce, on, state } from "./state.js";
import { sent } from "./tour.js";

const drafts = new Map();
const lastSent = new Map();
let offeredTo = null;

on("offered", () => offeredTo?.use(state.offered));

/** A composer for a channel or a thread; its draft is kept under `key` for each person. */
export const composer = (options) => new Composer(options);

class Composer {
  #items = [];
  #active = -1;
  #mentions = [];

  constructor({ key, channel, thread = null, label, testid }) {
    Object.assign(this, { draft: `${state.me}:${key}`, channel, thread });
    const listId = freshId("completion");
    this.list = h("div", { class: "completion", role: "listbox", id: listId, testid: "completion", "aria-label": "Completions", hidden: true });
    this.input = h("textarea", {
      rows: "1", class: "composer-input", testid, placeholder: label, "aria-label": label, role: "combobox", "aria-expanded": "false",
      "aria-controls": listId, "aria-autocomplete": "list", value: drafts.get(this.draft) ?? "",
      oninput: () => this.#changed(), onkeydown: (event) => this.#key(event), onblur: () => this.#offer([]), onclick: () => this.#suggest(),
    });
    this.button = h("button", { type: "button", class: "send", "aria-label": "Send", title: "Send (Enter)", testid: thread ? "thread-send" : "send", onclick: () => this.#send() }, icon("send"));
    const bolt = thread ? null : iconButton("bolt", "Shortcuts", (event) => showShortcuts(event.currentTarget), { testid: "shortcuts", "aria-haspopup": "menu" });
    const picker = h("input", { type: "file", hidden: true, testid: "attach-file", onchange: () => this.#attach(picker) });
    const attach = thread ? null : iconButton("upload", "Send a file", () => picker.click(), { testid: "attach" });
    const hint = h("span", { class: "composer-hint" }, "Enter sends, Shift + Enter starts a new line, / lists commands");
    this.root = h("div", { class: "composer" }, this.list, h("div", { class: "composer-box" }, this.input, h("div", { class: "composer-bar" }, bolt, attach, thread ? null : picker, hint, this.button)));
    if (!thread) offeredTo = this;
    this.#fit();
  }

  /** Put the caret into the box; not on touch screens, where the keyboard would cover the page. */
  focus() {
    if (matchMedia("(hover: hover)").matches && !document.querySelector("#modals > *")) this.input.focus();
    requestAnimationFrame(() => this.#fit());
  }

  use(text) {
    this.#write(text);
    this.input.focus();
    this.#suggest();
  }

  #write(text) {
    this.input.value = text;
    drafts.set(this.draft, text);
    this.#fit();
  }

  #fit() {
    this.input.style.height = "auto";
    if (this.input.scrollHeight) this.input.style.height = `${Math.min(this.input.scrollHeight, 240)}px`;
    this.button.classList.toggle("ready", this.input.value.trim() !== "");
  }

  #changed() {
    drafts.set(this.draft, this.input.value);
    this.#fit();
    this.#suggest();
  }

  #suggest() {
    const { items, eager } = suggest(this.input.value.slice(0, this.input.selectionStart));
    this.#offer(items, eager ? 0 : -1);
  }

  #offer(items, active = -1) {
    this.#items = items;
    this.#active = items.length ? active : -1;
    this.list.hidden = items.length === 0;
    this.input.setAttribute("aria-expanded", String(items.length > 0));
    this.list.replaceChildren(...items.map((item, index) => this.#row(item, index)));
    this.#mark();
  }

  #row(item, index) {
    return h(
      "div",
      { class: "completion-row", role: "option", id: `${this.list.id}-${index}`, testid: "completion-item", onpointerdown: (event) => event.preventDefault(), onclick: () => this.#accept(item) },
      h("span", { class: "completion-title" }, item.title, item.hint && h("span", { class: "completion-hint" }, ` ${item.hint}`)),
      item.description && h("span", { class: "completion-description" }, item.description),
    );
  }

  #mark() {
    [...this.list.children].forEach((row, index) => {
      row.setAttribute("aria-selected", String(index === this.#active));
      if (index === this.#active) row.scrollIntoView({ block: "nearest" });
    });
    if (this.#active >= 0) this.input.setAttribute("aria-activedescendant", `${this.list.id}-${this.#active}`);
    else this.input.removeAttribute("aria-activedescendant");
  }

  #accept(item) {
    const { value, selectionStart: caret } = this.input;
    const rest = value.slice(caret).replace(/^\s/, "");
    if (item.mention) this.#mentions.push(item.mention);
    this.#write(value.slice(0, item.start) + item.insert + rest);
    const end = item.start + item.insert.length;
    this.input.setSelectionRange(end, end);
    this.input.focus();
    this.#suggest();
  }

  #key(event) {
    if (event.isComposing) return;
    if (this.#items.length && this.#completionKey(event)) return void event.preventDefault();
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#send();
    } else if (event.key === "ArrowUp" && !this.input.value && lastSent.has(this.draft)) {
      event.preventDefault();
      this.#write(lastSent.get(this.draft));
    }
  }

  /** Whether the key was meant for the list. */
  #completionKey({ key, shiftKey }) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    const item = this.#items[this.#active] ?? (key === "Tab" ? this.#items[0] : undefined);
    if (step) {
      const next = this.#active < 0 && step < 0 ? this.#items.length - 1 : (this.#active + step + this.#items.length) % this.#items.length;
      this.#active = next;
      this.#mark();
    } else if (key === "Escape") this.#offer([]);
    else if (item && !shiftKey && (key === "Tab" || (key === "Enter" && this.#adds(item)))) this.#accept(item);
    else return false;
    return true;
  }

  /** A command typed to its end is sent by Enter, not completed by a space. */
  #adds(item) {
    return this.input.value.slice(item.start, this.input.selectionStart) !== item.insert.trimEnd();
  }

  /** Slack sends ids where people see names. */
  #withIds(text) {
    return this.#mentions.reduce((line, { text: name, id, sign }) => line.replaceAll(name, `<${sign}${id}>`), text);
  }

  async #attach(picker) {
    const [file] = picker.files;
    picker.value = "";
    if (!file) return;
    const uploaded = await upload(state.me, file);
    const text = this.#withIds(this.input.value.trim());
    const reply = uploaded.ok ? await post("/ui/send", { user: state.me, channel: this.channel.id, text, files: [uploaded.file.id] }) : uploaded;
    if (reply.ok) this.#write("");
    else notify(trouble(reply, `${file.name} was not sent.`), this.channel.id);
  }

  async #send() {
    const typed = this.input.value.trim();
    if (!typed) return undefined;
    if (isUnknownCommand(typed)) return void notify(`${typed.split(/\s/, 1)[0]} is not a valid command.`, this.channel.id);
    const text = this.#withIds(typed);
    const { channel, thread } = this;
    lastSent.set(this.draft, typed);
    this.#mentions = [];
    this.#offer([]);
    this.#write("");
    const body = { user: state.me, channel: channel.id, text };
    if (!thread) announce("said");
    this.root.setAttribute("aria-busy", "true");
    const reply = await post("/ui/send", thread ? { ...body, thread_ts: thread } : body);
    this.root.removeAttribute("aria-busy");
    if (reply.ok) return sent(typed);
    notify(trouble(reply, `${typed.split(" ", 1)[0]} was not delivered.`), channel.id);
    if (reply.error === "unreachable" && !this.input.value) this.#write(typed);
    return undefined;
  }
}

function showShortcuts(button) {
  const shortcuts = state.shortcuts.filter(({ type }) => type === "global");
  const entries = shortcuts.map(({ name, description, callback_id: id }) => ({
    label: name, hint: description || state.bot.name, testid: "shortcut", data: { callbackId: id }, onselect: () => runShortcut({ callback_id: id }, name),
  }));
  showMenu(button, entries, { label: "Shortcuts", empty: "This app has no global shortcuts." });
}
