/** Keeps the focus where it was while a part of the page is drawn again. */

const SELECTABLE = /^(text|url|search|tel|password|textarea)$/;

function spotIn(root) {
  const node = document.activeElement;
  if (!root?.contains(node) || !node.dataset.actionId) return null;
  return { blockId: node.closest(".block")?.dataset.blockId, actionId: node.dataset.actionId, caret: node.selectionStart };
}

function refocus(root, { blockId, actionId, caret }) {
  const same = (one) => one.dataset.actionId === actionId && one.closest(".block")?.dataset.blockId === blockId;
  const node = [...root.querySelectorAll("[data-action-id]")].find(same);
  node?.focus({ preventScroll: true });
  if (node && typeof caret === "number" && SELECTABLE.test(node.type)) node.setSelectionRange(caret, caret);
  return Boolean(node);
}

/**
 * Run `draw`, which replaces what is in `root`; then focus the element of the same block and action in what it
 * returns (or in `root`). False when nothing inside had the focus, or its element is gone.
 */
export function keepFocus(root, draw) {
  const spot = spotIn(root);
  const fresh = draw() ?? root;
  return Boolean(spot) && refocus(fresh, spot);
}
