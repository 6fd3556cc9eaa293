/** What the page knows, and who wants to hear when it changes. */

export const state = {
  me: null,
  team: "",
  people: [],
  channels: [],
  bot: { id: "", name: "", connected: false, message: "" },
  commands: [],
  completions: [],
  shortcuts: [],
  controls: { transport: "", faults: {}, own_bot: false },
  tour: [],
  newSince: new Map(),
  views: [],
  home: null,
  place: { kind: "channel", id: null },
  thread: null,
  messages: new Map(),
  threads: new Map(),
  reachable: true,
};

const listeners = new Map();

/** Call `handler` whenever one of the topics (space-separated) is announced. */
export function on(topics, handler) {
  for (const topic of topics.split(" ")) listeners.set(topic, [...(listeners.get(topic) ?? []), handler]);
}

/** Tell the listeners of each topic that it changed. */
export function announce(...topics) {
  const handlers = new Set(topics.flatMap((topic) => listeners.get(topic) ?? []));
  handlers.forEach((handler) => handler());
}

/** Take over a reply of /ui/state. */
export function adopt(reply) {
  const { people, channels, bot, commands, shortcuts, controls, tour, views, completions, team } = reply;
  Object.assign(state, { people, channels, bot, controls });
  state.tour = tour ?? [];
  state.team = typeof team === "string" ? team : (team?.name ?? "Playground");
  state.commands = commands ?? [];
  state.shortcuts = shortcuts ?? [];
  state.views = views ?? [];
  state.completions = completions ?? [];
}

export const person = (id) => state.people.find((one) => one.id === id);
export const channel = (id) => state.channels.find((one) => one.id === id);
export const me = () => person(state.me) ?? { id: state.me, name: "", tz: "UTC", locale: "en-GB" };
export const here = () => (state.place.kind === "channel" ? channel(state.place.id) : undefined);

/** The channel that holds the direct messages with the bot, if it exists yet. */
export const botChannel = () => state.channels.find((one) => one.kind === "im");

/** The name shown for a user, bot or channel id; an id nobody knows is shown as it is. */
export function nameOf(id) {
  if (isBot(id)) return state.bot.name;
  return person(id)?.name ?? channel(id)?.name ?? id;
}

/** Whether somebody has switched Slack down: then nobody can say how the bot is. */
export const slackIsDown = () => Boolean(state.controls.faults?.down);

export const isBot = (id) => Boolean(id) && (id === state.bot.id);

/** Put a text into the composer. */
export function offer(text) {
  state.offered = text;
  announce("offered");
}

/** Put a message into a list in time order, in place of the one with the same ts. */
export function place(list, message) {
  const at = list.findIndex((one) => one.ts === message.ts);
  if (at >= 0) list[at] = message;
  else list.push(message);
  return list.sort((a, b) => Number(a.ts) - Number(b.ts));
}
