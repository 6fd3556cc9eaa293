/** Floating panels: one at a time, beside their anchor, closed by Escape or a click elsewhere. */

import { byId, h } from "./dom.js";

let open = null;

/** Show `panel` beside `anchor`. Returns a handle with `close()` and `place()`. */
export function showPopup(anchor, panel, { onclose, matchWidth = false, alignEnd = false, tall = false } = {}) {
  open?.close();
  panel.classList.add("popup");
  byId("popups").append(panel);
  const handle = { close, place, anchor, panel };
  open = handle;

  function place() {
    const box = anchor.getBoundingClientRect();
    if (matchWidth) panel.style.width = `${Math.max(box.width, 220)}px`;
    const height = panel.offsetHeight;
    const below = innerHeight - box.bottom - 8;
    const above = box.top - 8;
    const top = below >= height || below >= above ? box.bottom + 4 : Math.max(8, box.top - height - 4);
    const left = alignEnd ? box.right - panel.offsetWidth : box.left;
    panel.style.top = `${top}px`;
    panel.style.left = `${Math.max(8, Math.min(left, innerWidth - panel.offsetWidth - 8))}px`;
    panel.style.maxHeight = `${Math.max(120, Math.min(tall ? 640 : 340, Math.max(above, below)))}px`;
  }

  function close() {
    if (open === handle) open = null;
    panel.remove();
    onclose?.();
  }

  place();
  return handle;
}

export const closePopup = () => open?.close();

const inside = (target) => open && (open.panel.contains(target) || open.anchor.contains(target));
addEventListener("pointerdown", ({ target }) => open && !inside(target) && open.close(), true);
addEventListener("resize", () => open?.close());
addEventListener("scroll", ({ target }) => open && !open.panel.contains(target) && open.place(), true);

/** A menu of `{label, hint?, onselect, testid?, href?}` entries beside a button. */
export function showMenu(anchor, entries, { label, empty = "Nothing here." } = {}) {
  const items = entries.map(menuItem);
  const panel = h("div", { class: "menu", role: "menu", "aria-label": label, testid: "menu" }, items.length ? items : h("p", { class: "menu-empty" }, empty));
  anchor.setAttribute("aria-expanded", "true");
  const handle = showPopup(anchor, panel, { alignEnd: true, onclose: () => anchor.setAttribute("aria-expanded", "false") });
  panel.addEventListener("click", ({ target }) => target.closest("[role=menuitem]") && finish());
  panel.addEventListener("keydown", (event) => moveInMenu(event, items, finish));
  items[0]?.focus();

  function finish() {
    handle.close();
    anchor.focus();
  }
  return handle;
}

function menuItem({ label, hint, onselect, testid, data, href }) {
  const texts = [h("span", { class: "menu-label" }, label), hint && h("span", { class: "menu-hint" }, hint)];
  const shared = { class: "menu-item", role: "menuitem", tabindex: "-1", testid: testid ?? "menu-item", data };
  if (href) return h("a", { ...shared, href, target: "_blank", rel: "noopener noreferrer", onclick: onselect }, texts);
  return h("button", { ...shared, type: "button", onclick: onselect }, texts);
}

function moveInMenu(event, items, finish) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape" || event.key === "Tab") {
    event.preventDefault();
    event.stopPropagation();
    finish();
  } else if (step) {
    event.preventDefault();
    const at = items.indexOf(document.activeElement);
    items[(at + step + items.length) % items.length]?.focus();
  }
}
