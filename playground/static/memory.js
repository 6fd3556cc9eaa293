/** What this browser remembers between visits; a browser that refuses to remember just forgets. */

const name = (key) => `playground.${key}`;

export function recall(key, fallback) {
  try {
    return JSON.parse(localStorage.getItem(name(key))) ?? fallback;
  } catch {
    return fallback;
  }
}

export function keep(key, value) {
  try {
    localStorage.setItem(name(key), typeof value === "string" ? value : JSON.stringify(value));
  } catch {
    /* Nothing depends on it. */
  }
}
