/** Sentences that Slackbot would say to one person: they live on this page only. */

import { announce, here, state } from "./state.js";

const notices = new Map();
let last = 0;

const key = (channel) => `${state.me}:${channel}`;

/** Show a sentence in a channel (the current one unless told) as a message only this person sees. */
export function notify(text, channel = here()?.id ?? state.channels[0]?.id) {
  last = Math.max(last + 0.000001, Date.now() / 1000);
  const notice = { ts: last.toFixed(6), user: "USLACKBOT", username: "Slackbot", text, ephemeral: true, notice: true };
  notices.set(key(channel), [...(notices.get(key(channel)) ?? []), notice]);
  announce("messages");
}

export const noticesIn = (channel) => notices.get(key(channel)) ?? [];
