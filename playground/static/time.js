/** Dates and times as the acting person reads them: their zone, their locale. */

import { me } from "./state.js";

const formatters = new Map();

function formatter(options, locale = me().locale, zone = me().tz) {
  const key = JSON.stringify([options, locale, zone]);
  if (!formatters.has(key)) formatters.set(key, new Intl.DateTimeFormat(locale || "en-GB", { timeZone: zone || "UTC", ...options }));
  return formatters.get(key);
}

const at = (seconds) => new Date(Number(seconds) * 1000);
const show = (seconds, options) => formatter(options).format(at(seconds));

/** 9:05 AM where the day has two halves, 09:05 elsewhere. */
export function clock(seconds) {
  const halves = formatter({ hour: "numeric" }).resolvedOptions().hour12;
  return show(seconds, { hour: halves ? "numeric" : "2-digit", minute: "2-digit" });
}

export const exact = (seconds) => show(seconds, { dateStyle: "full", timeStyle: "medium" });

/** The calendar day in the person's zone, as YYYY-MM-DD. */
export const dayOf = (seconds) => formatter({ year: "numeric", month: "2-digit", day: "2-digit" }, "sv-SE").format(at(seconds));

function relativeDay(seconds) {
  const days = Math.round((Date.parse(dayOf(seconds)) - Date.parse(dayOf(Date.now() / 1000))) / 86400000);
  if (Math.abs(days) > 1) return null;
  const word = new Intl.RelativeTimeFormat(me().locale || "en-GB", { numeric: "auto" }).format(days, "day");
  return word.charAt(0).toUpperCase() + word.slice(1);
}

const LONG = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
const PLAIN = { day: "numeric", month: "long", year: "numeric" };
const SHORT = { day: "numeric", month: "short", year: "numeric" };

/** "Today", "Yesterday" or the long date. */
export const dayLabel = (seconds) => relativeDay(seconds) ?? show(seconds, LONG);

function ago(seconds) {
  const gap = Number(seconds) - Date.now() / 1000;
  const [unit, size] = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]].find(([, one]) => Math.abs(gap) >= one) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(me().locale || "en-GB", { numeric: "auto" }).format(Math.round(gap / size), unit);
}

const TOKENS = {
  date_num: dayOf,
  date_slash: (seconds) => dayOf(seconds).replaceAll("-", "/"),
  date: (seconds) => show(seconds, PLAIN),
  date_short: (seconds) => show(seconds, SHORT),
  date_long: (seconds) => show(seconds, LONG),
  date_pretty: (seconds) => relativeDay(seconds) ?? show(seconds, PLAIN),
  date_short_pretty: (seconds) => relativeDay(seconds) ?? show(seconds, SHORT),
  date_long_pretty: (seconds) => relativeDay(seconds) ?? show(seconds, LONG),
  day_divider_pretty: dayLabel,
  time: clock,
  time_secs: (seconds) => show(seconds, { hour: "numeric", minute: "2-digit", second: "2-digit" }),
  ago,
};

/** Fill Slack's date tokens such as `{date_short_pretty}`; null when there is no such date or token. */
export function slackDate(seconds, pattern) {
  if (!Number.isFinite(Number(seconds))) return null;
  let known = true;
  const text = pattern.replace(/\{([a-z_]+)\}/g, (whole, token) => {
    if (!TOKENS[token]) known = false;
    return TOKENS[token]?.(seconds) ?? whole;
  });
  return known ? text : null;
}

/** Epoch seconds → the value of a datetime-local input in the person's zone. */
export function toLocalInput(seconds) {
  const options = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" };
  return formatter(options, "sv-SE").format(at(seconds)).replace(" ", "T");
}

/** The value of a datetime-local input in the person's zone → epoch seconds. */
export function fromLocalInput(text) {
  const wanted = Date.parse(`${text}:00Z`) / 1000;
  let guess = wanted;
  for (let round = 0; round < 2; round += 1) guess += wanted - Date.parse(`${toLocalInput(guess)}:00Z`) / 1000;
  return guess;
}

/** The time of day to the millisecond, for logs. */
export const clockWithMillis = (seconds) =>
  show(seconds, { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3, hourCycle: "h23" });
