/* Runs before the page is drawn, so that a chosen theme does not flash. Without a choice the system's holds. */
(() => {
  try {
    const theme = localStorage.getItem("playground.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    /* A browser that keeps nothing follows the system. */
  }
})();
