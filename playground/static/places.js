/** Where the person is, kept in the address bar so that each window can be someone else, somewhere else. */

import { announce, state } from "./state.js";

/** Read `?as=U…&channel=C…` or `&view=home`. */
export function fromAddress() {
  const query = new URLSearchParams(location.search);
  const home = query.get("view") === "home";
  return { user: query.get("as"), place: home ? { kind: "home" } : { kind: "channel", id: query.get("channel") } };
}

function address(user, place) {
  const query = new URLSearchParams({ as: user });
  if (place.kind === "home") query.set("view", "home");
  else if (place.id) query.set("channel", place.id);
  return `${location.pathname}?${query}`;
}

/** Keep the address bar in step without adding to the history. */
export const remember = () => history.replaceState(null, "", address(state.me, state.place));

/** Go to a channel or to the App Home. */
export function go(place) {
  state.place = place;
  state.thread = null;
  history.pushState(null, "", address(state.me, place));
  announce("place", "channels");
}

/** Go to a channel in which one thread is open. */
export function openThread(ts) {
  state.thread = ts;
  announce("thread-place");
}
