/** Small helpers to build the page out of DOM nodes; text never passes through an HTML parser. */

/**
 * Build an element. `class`, `testid`, `data`, `on…` handlers and `value` are understood; `true` sets a
 * bare attribute; `null`, `undefined` and `false` leave it out. Children may be nested lists.
 */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) setProperty(node, name, value);
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function setProperty(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "class") node.className = value;
  else if (name === "testid") node.dataset.testid = value;
  else if (name === "data") Object.assign(node.dataset, value);
  else if (name === "value") node.value = value;
  else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else node.setAttribute(name, value === true ? "" : value);
}

/** Replace everything inside a node. */
export function fill(node, ...children) {
  node.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export const byId = (id) => document.getElementById(id);

let counter = 0;
/** An id that no other element of this page has. */
export const freshId = (stem) => `${stem}-${++counter}`;

const SHAPES = {
  hash: "M6.5 2.5 5 13.5M11 2.5 9.5 13.5M2.5 5.8h11M2.2 10.2h11",
  lock: "M4 7.2h8v6H4zM5.6 7V5a2.4 2.4 0 0 1 4.8 0v2",
  home: "M2.5 7.5 8 2.8l5.5 4.7M4 6.8v6.4h3V9.8h2v3.4h3V6.8",
  chat: "M2.5 3.5h11v7.6H7l-3 2.4v-2.4H2.5z",
  send: "M2.6 13.2 13.8 8 2.6 2.8l1.6 5.2zM4.2 8h4.6",
  bolt: "M9 1.8 3.6 9.2h4L7 14.2l5.4-7.4h-4z",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  reply: "M6.4 3.8 2.6 7.4l3.8 3.6M2.8 7.4h6.4a4 4 0 0 1 4 4v1.2",
  close: "M3.8 3.8l8.4 8.4M12.2 3.8l-8.4 8.4",
  back: "M9.8 3.2 5 8l4.8 4.8",
  menu: "M2.5 4.2h11M2.5 8h11M2.5 11.8h11",
  down: "M4 6.2 8 10.2l4-4",
  check: "M3.2 8.6 6.4 11.8l6.4-7.4",
  eye: "M1.8 8s2.2-4 6.2-4 6.2 4 6.2 4-2.2 4-6.2 4-6.2-4-6.2-4zM8 9.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6z",
  wire: "M1.8 5.4h10.4M9.6 2.8l2.8 2.6-2.8 2.6M14.2 10.8H3.8M6.4 8.2l-2.8 2.6 2.8 2.6",
  file: "M4 1.8h5l3 3v9.4H4zM9 1.8v3h3",
  tune: "M2.5 4.5h7M12.5 4.5h1M11 3v3M2.5 11.5h1M6.5 11.5h7M5 10v3",
  sun: "M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM8 1.4v1.4M8 13.2v1.4M1.4 8h1.4M13.2 8h1.4M3.3 3.3l1 1M11.7 11.7l1 1M12.7 3.3l-1 1M4.3 11.7l-1 1",
  moon: "M13.4 9.6A5.8 5.8 0 0 1 6.4 2.6a5.8 5.8 0 1 0 7 7z",
  download: "M8 2.2v7.6M4.8 6.8 8 10l3.2-3.2M2.8 13.4h10.4",
  play: "M4.6 2.8v10.4L13 8z",
  right: "M6 3.6 10.4 8 6 12.4",
  upload: "M8 10V2.4M4.8 5.4 8 2.2l3.2 3.2M2.8 13.4h10.4",
  up: "M5.2 13.4V7.2l2.6-5c1.2 0 1.8.9 1.5 2.1L8.9 6.4h3.9c.8 0 1.2.6 1 1.4l-1.2 4.6c-.2.6-.6 1-1.2 1zM2.4 7.2h2.8v6.2H2.4z",
  thumbdown: "M5.2 2.6v6.2l2.6 5c1.2 0 1.8-.9 1.5-2.1l-.4-2.1h3.9c.8 0 1.2-.6 1-1.4l-1.2-4.6c-.2-.6-.6-1-1.2-1zM2.4 2.6h2.8v6.2H2.4z",
  trash: "M2.8 4.4h10.4M6.2 4.2V2.6h3.6v1.6M4 4.4l.7 9h6.6l.7-9",
  warn: "M8 2.4 14.4 13.4H1.6zM8 6.6v3.2M8 11.6h.01",
};

/** A line icon; decorative, so it is hidden from screen readers. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
}

/** A square button that shows only an icon; `label` is what a screen reader and the tooltip say. */
export function iconButton(name, label, onclick, props = {}) {
  return h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, onclick, ...props }, icon(name));
}
