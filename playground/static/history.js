/** Fetches messages and folds in what the event stream tells. */

import { get, post } from "./api.js";
import { announce, here, place, state } from "./state.js";

/** Read the top level of a channel again. */
export async function loadChannel(channel) {
  const user = state.me;
  const reply = await get("/ui/messages", { user, channel });
  if (!reply.ok || user !== state.me) return;
  state.messages.set(channel, reply.messages);
  announce("messages");
  return reply;
}

/** Show a channel to somebody who enters it: what came since they last looked is marked, and then it is read. */
export async function enterChannel(channel) {
  const reply = await loadChannel(channel);
  if (!reply || here()?.id !== channel) return;
  const waiting = state.channels.find(({ id }) => id === channel)?.unread > 0;
  state.newSince.set(channel, waiting ? Number(reply.read) : 0);
  announce("messages");
  await markRead(channel);
}

/** Read one thread again. */
export async function loadThread(channel, ts) {
  const user = state.me;
  const reply = await get("/ui/messages", { user, channel, thread_ts: ts });
  if (!reply.ok || user !== state.me) return;
  state.threads.set(ts, reply.messages.filter((message) => message.ts !== ts));
  announce("thread");
}

const isReply = (message) => Boolean(message.thread_ts) && message.thread_ts !== message.ts;

/** A message arrived or changed. */
export function receive(channel, message) {
  if (isReply(message)) receiveReply(channel, message);
  if (!isReply(message) || message.subtype === "thread_broadcast") {
    place(listOf(state.messages, channel), message);
    announce("messages");
  }
  if (channel === here()?.id && document.visibilityState === "visible") markRead(channel);
}

function receiveReply(channel, message) {
  const parent = state.messages.get(channel)?.find((one) => one.ts === message.thread_ts);
  const known = state.threads.get(message.thread_ts);
  if (known) place(known, message);
  announce("thread");
  // The reply count lies with the server: a reply may come before or after the change of its parent.
  if (parent && !message.ephemeral) loadChannel(channel);
}

const listOf = (map, id) => {
  if (!map.has(id)) map.set(id, []);
  return map.get(id);
};

/** A message is gone. */
export function forget(channel, ts) {
  for (const list of [state.messages.get(channel), ...state.threads.values()]) {
    const at = list?.findIndex((message) => message.ts === ts) ?? -1;
    if (at >= 0) list.splice(at, 1);
  }
  announce("messages", "thread");
}

/** The person has seen this channel. */
export function markRead(channel) {
  const one = state.channels.find(({ id }) => id === channel);
  if (one) one.unread = 0;
  announce("channels");
  return post("/ui/read", { user: state.me, channel });
}
