/** Files under a message: pictures in place, everything else as a card to download. */

import { h, icon } from "./dom.js";
import { fileAddress } from "./images.js";

const KINDS = {
  csv: "Table (CSV)", xlsx: "Excel workbook", xls: "Excel workbook", pdf: "PDF", parquet: "Table (Parquet)", json: "JSON", txt: "Text", zip: "Archive",
  docx: "Word document", pptx: "Presentation", md: "Markdown",
};
const DRAWABLE = /^image\/(png|jpeg|gif|webp|svg\+xml)$/;

const nameOf = (file) => file.title || file.name || file.id;

export const fileNode = (file) => (DRAWABLE.test(file.mimetype ?? "") ? pictureNode(file) : cardNode(file));

function pictureNode(file) {
  const address = fileAddress(file);
  const image = h("img", { class: "picture", src: address, alt: file.alt_txt || nameOf(file) });
  return h("figure", { class: "figure", testid: "file", data: { fileId: file.id } }, h("figcaption", {}, nameOf(file)), h("a", { href: address, target: "_blank", rel: "noopener" }, image));
}

/** Name, kind, size; the whole card downloads. */
export function cardNode(file) {
  const kind = (file.filetype ?? "").toLowerCase();
  const about = [KINDS[kind] ?? (kind ? kind.toUpperCase() : "File"), size(file.size)].filter(Boolean).join(" · ");
  return h(
    "a",
    { class: "file-card", href: fileAddress(file), download: file.name ?? "", testid: "file", data: { fileId: file.id }, "aria-label": `Download ${nameOf(file)}` },
    h("span", { class: "file-kind", "aria-hidden": "true" }, kind.slice(0, 4) || icon("file")),
    h("span", { class: "file-words" }, h("span", { class: "file-name" }, nameOf(file)), h("span", { class: "file-about" }, about)),
    icon("download"),
  );
}

export function size(bytes) {
  if (!bytes) return "";
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1048576 ? `${Math.round(bytes / 1024)} kB` : `${(bytes / 1048576).toFixed(1)} MB`;
}
