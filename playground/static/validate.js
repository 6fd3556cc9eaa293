/** What Slack's own client checks before a modal is sent. */

import { isEmpty } from "./values.js";

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

const length = (value) => [...value].length;

function textProblem({ min_length: least, max_length: most }, value) {
  if (least && length(value) < least) return `Please use at least ${least} characters.`;
  if (most && length(value) > most) return `Please use no more than ${most} characters.`;
  return null;
}

function numberProblem({ is_decimal_allowed: decimals, min_value: least, max_value: most }, text) {
  const shape = decimals ? /^[+-]?(\d+\.?\d*|\.\d+)$/ : /^[+-]?\d+$/;
  if (!shape.test(text.trim())) return decimals ? "Please enter a number." : "Please enter a whole number.";
  if (least !== undefined && Number(text) < Number(least)) return `Please enter a number of at least ${least}.`;
  if (most !== undefined && Number(text) > Number(most)) return `Please enter a number of at most ${most}.`;
  return null;
}

function addressProblem(value) {
  try {
    return /^https?:$/.test(new URL(value).protocol) ? null : "Please enter a valid URL.";
  } catch {
    return "Please enter a valid URL.";
  }
}

const CHECKS = {
  plain_text_input: textProblem,
  number_input: numberProblem,
  email_text_input: (_, value) => (EMAIL.test(value) ? null : "Please enter a valid email address."),
  url_text_input: (_, value) => addressProblem(value),
};

/** `{block_id: sentence}` for every input block that Slack would not let through. */
export function problems(blocks, values) {
  const found = {};
  for (const block of blocks.filter(({ type }) => type === "input")) {
    const shape = values.of(block.block_id, block.element);
    if (isEmpty(shape)) {
      if (!block.optional) found[block.block_id] = "Please complete this required field.";
      continue;
    }
    const problem = CHECKS[block.element.type]?.(block.element, shape.value);
    if (problem) found[block.block_id] = problem;
  }
  return found;
}
