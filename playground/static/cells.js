/** Monospaced text whose columns line up in any font: wide characters take two cells, symbols take one. */

import { h } from "./dom.js";

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const NARROW_SYMBOL = /[\u2010-\u2bff]/u;

function cellClass(character) {
  if (WIDE.test(character)) return "cell-2";
  return NARROW_SYMBOL.test(character) ? "cell-1" : null;
}

/** Split text into plain runs and boxed characters. A fallback font's own widths would break a table typed with spaces. */
export function cells(text) {
  const nodes = [];
  let run = "";
  for (const character of text) {
    const boxed = cellClass(character);
    if (!boxed) {
      run += character;
      continue;
    }
    if (run) nodes.push(run);
    run = "";
    nodes.push(h("span", { class: boxed }, character));
  }
  if (run) nodes.push(run);
  return nodes;
}
