/** Starts the page: reads who and where from the address, then follows the event stream. */

import { get, listen, post } from "./api.js";
import { startConversation } from "./conversation.js";
import { byId, fill, h } from "./dom.js";
import { startFaultBar } from "./controls.js";
import { startHeader } from "./header.js";
import { enterChannel, forget, loadThread, markRead, receive } from "./history.js";
import { openHome, startHome } from "./home.js";
import { startModals } from "./modal.js";
import { fromAddress, remember } from "./places.js";
import { showDrawer, startSidebar } from "./sidebar.js";
import { adopt, announce, channel, here, on, state } from "./state.js";
import { startThread } from "./thread.js";
import { startTour } from "./tour.js";
import { receiveWire } from "./wire.js";

const FIRST_PERSON = "U0ANA";
let connectedAs = null;

/** Be this person from now on, in the same place if they can see it. */
async function become(user) {
  connectedAs = null;
  Object.assign(state, { me: user, thread: null, home: null, views: [], messages: new Map(), threads: new Map(), newSince: new Map() });
  if (!(await loadState())) return;
  remember();
  showDrawer(false);
  announce("people", "controls", "tour", "views", "home");
  listen(user, { onevent: handle, onopen: caughtUp, ondown: () => reachable(false) });
}

async function loadState() {
  const user = state.me;
  const reply = await get("/ui/state", { user });
  if (!reply.ok || user !== state.me) {
    if (user === state.me) failed(reply);
    return false;
  }
  adopt(reply);
  if (state.place.kind === "channel" && !channel(state.place.id)) state.place = { kind: "channel", id: state.channels[0]?.id ?? null };
  return true;
}

/** An unknown person in the address is answered by the first one; a server that is down, by another attempt. */
function failed(reply) {
  if (reply.error === "unreachable") {
    fill(byId("conversation"), h("p", { class: "empty" }, reply.say));
    setTimeout(() => become(state.me), 1500);
  } else if (state.me !== FIRST_PERSON) become(FIRST_PERSON);
  else fill(byId("conversation"), h("p", { class: "empty" }, reply.say ?? `The server refused: ${reply.error}`));
}

function loadPlace() {
  if (state.place.kind === "home") return void openHome();
  const current = here();
  if (!current) return undefined;
  enterChannel(current.id);
  if (current.kind === "im") post("/ui/home", { user: state.me, tab: "messages" });
  if (state.thread) loadThread(current.id, state.thread);
  return undefined;
}

function reachable(yes) {
  if (state.reachable === yes) return;
  state.reachable = yes;
  announce("reachable");
}

/** What happened before the stream opened is not in it: read messages now, and after a break everything. */
async function caughtUp() {
  const again = connectedAs === state.me;
  connectedAs = state.me;
  reachable(true);
  if (again && (await loadState())) announce("channels", "bot", "controls", "views");
  loadPlace();
}

const HANDLERS = {
  message: ({ channel: id, message }) => receive(id, message),
  changed: ({ channel: id, message }) => receive(id, message),
  deleted: ({ channel: id, ts }) => forget(id, ts),
  view: ({ views }) => {
    state.views = views;
    announce("views");
  },
  home: ({ view }) => {
    state.home = view;
    announce("home");
  },
  bot: ({ connected, message, connections }) => {
    Object.assign(state.bot, { connected, message, connections });
    announce("bot", "home");
  },
  unread: ({ channel: id, unread }) => {
    const one = channel(id);
    if (one) one.unread = id === here()?.id && document.visibilityState === "visible" ? 0 : unread;
    announce("channels");
  },
  controls: ({ transport, faults, own_bot }) => {
    state.controls = { transport, faults, own_bot };
    announce("controls");
  },
  reset: () => {
    Object.assign(state, { messages: new Map(), threads: new Map(), newSince: new Map(), thread: null, views: [] });
    state.channels.forEach((one) => (one.unread = 0));
    announce("place", "thread-place", "channels", "views");
  },
  wire: ({ entry }) => receiveWire(entry),
};

const handle = (event) => HANDLERS[event.type]?.(event);

function start() {
  startSidebar(become);
  startHeader();
  startFaultBar();
  startTour();
  startConversation();
  startThread();
  startHome();
  startModals();
  on("place", loadPlace);
  addEventListener("popstate", () => {
    const { user, place } = fromAddress();
    state.place = place;
    if (user && user !== state.me) become(user);
    else announce("place", "channels");
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && here() && markRead(here().id));
  const { user, place } = fromAddress();
  state.place = place;
  become(user ?? FIRST_PERSON);
}

start();
