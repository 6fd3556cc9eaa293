/** Blocks by type → DOM nodes. */

import { chartNode } from "./chart.js";
import { dataTableNode } from "./data_table.js";
import { freshId, h } from "./dom.js";
import { elementNode } from "./elements.js";
import { imageAddress } from "./images.js";
import { markdown } from "./markdown.js";
import { textObject, words } from "./mrkdwn.js";
import { richText } from "./rich_text.js";
import { tableNode } from "./table.js";

const text = (object, cls = "text") => h("div", { class: cls }, textObject(object));

function section(block, place) {
  const fields = block.fields?.length ? h("div", { class: "fields" }, block.fields.map((field) => text(field))) : null;
  const accessory = block.accessory && h("div", { class: "accessory" }, accessoryNode(block.accessory, place));
  return h("div", { class: "section-row" }, h("div", { class: "section-text" }, block.text && text(block.text), fields), accessory);
}

const accessoryNode = (element, place) => (element.type === "image" ? picture(element, "thumb") : elementNode(element, { ...place, dispatch: true }));

function picture(image, cls) {
  const node = h("img", { class: cls, src: imageAddress(image), alt: image.alt_text ?? "" });
  node.addEventListener("error", () => node.replaceWith(lost(image, cls)), { once: true });
  return node;
}

/** A picture that did not load is said to be missing, with the words that stand for it. */
const lost = (image, cls) => h("span", { class: `lost ${cls}`, role: "img", "aria-label": `Picture not loaded: ${image.alt_text ?? ""}` }, "🖼 ", image.alt_text || "Picture not loaded");

function image(block) {
  const title = block.title ? h("figcaption", {}, textObject(block.title)) : null;
  return h("figure", { class: "figure" }, title, picture(block, "picture"));
}

function context(block) {
  const piece = (element) => (element.type === "image" ? picture(element, "context-image") : h("span", { class: "context-text" }, textObject(element)));
  return h("div", { class: "context" }, (block.elements ?? []).map(piece));
}

function actions(block, place) {
  return h("div", { class: "actions" }, (block.elements ?? []).map((element) => elementNode(element, { ...place, dispatch: true })));
}

/** A label, the element, its hint and the place where an error appears. */
function input(block, place) {
  const labelId = freshId("label");
  const optional = block.optional ? h("span", { class: "optional" }, " (optional)") : null;
  return [
    h("div", { class: "label", id: labelId }, words(block.label), optional),
    elementNode(block.element, { ...place, labelId, input: true, dispatch: Boolean(block.dispatch_action) }),
    h("p", { class: "field-error", role: "alert", testid: "field-error", data: { blockId: place.blockId }, hidden: true }),
    block.hint && h("p", { class: "hint" }, words(block.hint)),
  ];
}

function file(block) {
  return h("div", { class: "file-card" }, `File ${block.external_id ?? ""}`);
}

const MAKERS = {
  section,
  header: (block) => h("h3", { class: "block-header" }, textObject(block.text)),
  divider: () => h("hr"),
  context,
  actions,
  context_actions: actions,
  image,
  input,
  file,
  rich_text: (block) => h("div", { class: "text rich" }, richText(block)),
  table: tableNode,
  data_table: dataTableNode,
  data_visualization: chartNode,
  markdown: (block) => h("div", { class: "text markdown" }, markdown(block.text)),
};

function blockNode(block, index, surface) {
  const blockId = block.block_id ?? `block-${index}`;
  const node = h("div", { class: `block block-${block.type}`, testid: "block", data: { blockId, blockType: block.type } });
  const make = MAKERS[block.type];
  if (make) node.append(...[make(block, { surface, blockId })].flat().filter(Boolean));
  else node.append(h("p", { class: "unknown", role: "alert" }, `This page cannot show a block of type “${block.type}”.`));
  return node;
}

/** All blocks of a surface in order. */
export const blockNodes = (surface) => (surface.blocks ?? []).map((block, index) => blockNode(block, index, surface));
