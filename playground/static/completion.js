/** What may follow what was typed: commands, their words, people and channels. */

import { state } from "./state.js";

/** The words a usage hint offers, e.g. `[help|list] R-17` → help, list. */
function hintWords(hint) {
  const groups = (hint ?? "").match(/[\w.-]+(?:\s*\|\s*[\w.-]+)+/g) ?? [];
  const first = groups[0] ?? (hint ?? "").match(/^[a-z][\w-]*/)?.[0] ?? "";
  return first.split("|").map((word) => word.trim()).filter((word) => /^[a-z][\w-]*$/.test(word));
}

/** Commands of the client itself. */
const own = () => [
  { command: "/invite", description: "Add the app to this channel", usage_hint: `@${state.bot.name}` },
  { command: "/remove", description: "Take the app out of this channel", usage_hint: `@${state.bot.name}` },
];

const allCommands = () => [...state.commands, ...own()];

/** Whether a line begins like a command that nobody answers; Slack does not send such a line as a message. */
export function isUnknownCommand(text) {
  const name = text.split(/\s/, 1)[0];
  return /^\/[a-z][\w-]*$/i.test(name) && !allCommands().some(({ command }) => command === name);
}

/** Whole lines that the server knows, as `{text, description}`. */
const knownLines = () => state.completions.map((one) => (typeof one === "string" ? { text: one } : { text: one.text ?? one.insert ?? "", description: one.description ?? one.hint }));

function commandItems(text) {
  return allCommands()
    .filter(({ command }) => command.startsWith(text.toLowerCase()))
    .map(({ command, description, usage_hint: hint }) => ({ start: 0, insert: `${command} `, title: command, hint, description }));
}

function wordItems(text) {
  const name = text.split(" ", 1)[0];
  const command = state.commands.find((one) => one.command === name);
  const typed = text.slice(name.length + 1);
  if (!command || /\s/.test(typed)) return [];
  const lines = knownLines()
    .filter(({ text: line }) => line.startsWith(`${name} `))
    .map(({ text: line, description }) => ({ word: line.slice(name.length + 1), description }));
  const offered = lines.length ? lines : hintWords(command.usage_hint).map((word) => ({ word }));
  return offered
    .filter(({ word }) => word.startsWith(typed) && word !== typed)
    .map(({ word, description }) => ({ start: name.length + 1, insert: `${word} `, title: `${name} ${word}`, description }));
}

function nameItems(text) {
  const match = text.match(/(?:^|\s)([@#])([^\s@#]*)$/u);
  if (!match) return [];
  const [, sign, typed] = match;
  const start = text.length - typed.length - 1;
  const known = sign === "@" ? [...state.people.map(({ id, name, title, handle }) => ({ id, name, title, handle })), { id: state.bot.id, name: state.bot.name, title: "App" }] : state.channels.filter(({ kind }) => kind !== "im");
  return known
    .filter(({ name, handle = "" }) => [name, handle, ...name.split(/\s/)].some((part) => part.toLocaleLowerCase().startsWith(typed.toLocaleLowerCase())))
    .map(({ id, name, title, topic }) => ({ start, insert: `${sign}${name} `, title: `${sign}${name}`, description: title ?? topic, mention: { text: `${sign}${name}`, id, sign } }));
}

/** What to offer for the text before the caret; `eager` means that Enter takes the first. */
export function suggest(text) {
  if (/^\/\S*$/.test(text)) return { items: commandItems(text), eager: true };
  const names = nameItems(text);
  if (names.length) return { items: names, eager: true };
  return { items: text.startsWith("/") ? wordItems(text) : [], eager: false };
}
