/** The App Home tab: the view that the app published for this person. */

import { get, post } from "./api.js";
import { blockNodes } from "./blocks.js";
import { byId, fill, h } from "./dom.js";
import { keepFocus } from "./focus.js";
import { announce, on, slackIsDown, state } from "./state.js";
import { homeSurface } from "./surface.js";

export function startHome() {
  on("home", () => {
    const pane = byId("conversation").querySelector(".home");
    if (pane) keepFocus(pane, () => fill(pane, homeContent()));
  });
}

/** Tell the app that its Home was opened, and show what it has published so far. */
export async function openHome() {
  const user = state.me;
  post("/ui/home", { user, tab: "home" });
  const reply = await get("/ui/home", { user });
  if (user !== state.me) return;
  state.home = reply.view ?? state.home;
  announce("home");
}

export const homePane = () => h("div", { class: "home", testid: "home", tabindex: "-1" }, homeContent());

function homeContent() {
  const { home, bot } = state;
  if (home?.blocks) return h("div", { class: "home-blocks blocks", data: { viewId: home.id ?? "" } }, blockNodes(homeSurface(home)));
  const lost = slackIsDown() ? "Slack is down, because you switched it off." : `${bot.name} is not connected.`;
  const why = bot.connected ? `${bot.name} has not published a Home view for you yet.` : `${lost} Nothing can fill this page.`;
  return h("div", { class: "empty-state" }, h("h2", {}, "Nothing here yet"), h("p", {}, why));
}
