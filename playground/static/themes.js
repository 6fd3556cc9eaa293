/** The page's colours: the system's choice, or the person's own. */

import { keep } from "./memory.js";

export const THEMES = [["system", "System"], ["light", "Light"], ["dark", "Dark"]];

export const chosenTheme = () => document.documentElement.dataset.theme ?? "system";

export function useTheme(theme) {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  keep("theme", theme);
}
