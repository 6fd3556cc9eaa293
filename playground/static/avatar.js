/** Initials on a colour, for people and apps. */

import { h } from "./dom.js";

const initialsOf = (name) => (name ?? "?").split(/\s+/).map((word) => [...word][0]).join("").slice(0, 2).toUpperCase();

/** A square avatar; decorative, because the name always stands beside it. */
export function avatar({ name, initials, color, app }, size = "") {
  const node = h("span", { class: `avatar ${size}${app ? " app" : ""}`, "aria-hidden": "true" }, initials ?? initialsOf(name));
  if (color) node.style.backgroundColor = color.startsWith("#") || color.startsWith("hsl") ? color : `#${color}`;
  return node;
}
