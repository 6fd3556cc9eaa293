/** Where the entries of a select come from, and how a choice becomes Slack's state shape. */

import { words } from "./mrkdwn.js";
import { nameOf, person, state } from "./state.js";

const optionEntry = (option) => ({ key: option.value, label: words(option.text), hint: words(option.description), raw: option });
const userEntry = (user) => ({ key: user.id, label: user.name, hint: user.title, user, raw: user.id });
const channelEntry = (one) => ({ key: one.id, label: one.kind === "im" ? one.name : `#${one.name}`, raw: one.id });
const idEntry = (id) => (person(id) ? userEntry(person(id)) : { key: id, label: nameOf(id), raw: id });

/** `[{label, entries}]` from options or option groups. */
export function groupsOf({ options, option_groups: groups }) {
  if (groups) return groups.map((group) => ({ label: words(group.label), entries: group.options.map(optionEntry) }));
  return [{ label: "", entries: (options ?? []).map(optionEntry) }];
}

function conversations(element) {
  const kinds = element.filter?.include;
  const fits = ({ kind }) => !kinds || kinds.includes(kind === "im" ? "im" : kind);
  return [{ label: "", entries: state.channels.filter(fits).map(channelEntry) }];
}

const LOCAL = {
  static: groupsOf,
  users: () => [{ label: "", entries: state.people.map(userEntry) }],
  conversations,
  channels: () => [{ label: "", entries: state.channels.filter(({ kind }) => kind === "public").map(channelEntry) }],
};

const kindOf = (type) => type.replace(/^multi_/, "").replace(/_select$/, "");

const FIELDS = { static: "option", external: "option", users: "user", conversations: "conversation", channels: "channel" };

/** What a select of this type stores, how many, and where it looks. */
export function shapeOf(element) {
  const kind = kindOf(element.type);
  const multi = element.type.startsWith("multi_");
  return { kind, multi, field: `selected_${FIELDS[kind]}${multi ? "s" : ""}`, remote: kind === "external" };
}

/** The chosen entries of a state shape. */
export function chosenEntries(shape, { kind, field }) {
  const make = kind === "static" || kind === "external" ? optionEntry : idEntry;
  return [shape[field] ?? []].flat().map(make);
}

/** The state fields for the chosen entries. */
export function chosenFields(entries, { multi, field }) {
  const raws = entries.map(({ raw }) => raw);
  return { [field]: multi ? raws : (raws[0] ?? null) };
}

/** The groups of a local select whose labels contain the typed text. */
export function localGroups(element, text) {
  const wanted = text.trim().toLocaleLowerCase();
  return LOCAL[kindOf(element.type)](element)
    .map(({ label, entries }) => ({ label, entries: entries.filter((entry) => entry.label.toLocaleLowerCase().includes(wanted)) }))
    .filter(({ entries }) => entries.length);
}
