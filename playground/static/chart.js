/** The `data_visualization` block: line, bar, area and pie charts, with a legend. */

import { h } from "./dom.js";

const WIDTH = 520;
const HEIGHT = 240;
const BOX = { left: 62, right: 14, top: 14, bottom: 44 };
const COLOURS = 6;
const LETTER = matchMedia("(max-width: 480px)").matches ? 12 : 7.2;

function s(tag, props, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(props)) if (value !== null) node.setAttribute(name, value);
  node.append(...children.flat(Infinity).filter(Boolean));
  return node;
}

/** Three to six round numbers around the values; bars and areas begin at zero. */
function ticks(values, zero) {
  const low = Math.min(...values, ...(zero ? [0] : []));
  const high = Math.max(...values, ...(zero ? [0] : []));
  const span = high - low || Math.abs(high) || 1;
  const power = 10 ** Math.floor(Math.log10(span / 3));
  const step = power * [1, 2, 5, 10].find((factor) => span / (power * factor) <= 4);
  const first = Math.floor(low / step);
  const last = Math.max(Math.ceil(high / step), first + 1);
  return Array.from({ length: last - first + 1 }, (_unused, place) => Number(((first + place) * step).toPrecision(12)));
}

const short = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 2 });
const exact = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 6 });
const titled = (node, text) => (node.append(s("title", {}, text)), node);

/** How many of the labels fit beside each other, at the size of letters on a narrow screen. */
function fitting(labels, wide) {
  const letters = Math.max(...labels.map((label) => [...label].reduce((sum, letter) => sum + (letter > "\u2e80" ? 2 : 1), 0)));
  return Math.max(1, Math.floor(wide / ((letters + 2) * LETTER)));
}

function axes({ axis_config: axis, series }, zero, banded) {
  const marks = ticks(series.flatMap(({ data }) => data.map(({ value }) => value)), zero);
  const [low, high] = [marks[0], marks.at(-1)];
  const wide = WIDTH - BOX.left - BOX.right;
  const many = axis.categories.length;
  const x = (place) => BOX.left + (banded ? (place + 0.5) / many : many > 1 ? place / (many - 1) : 0.5) * wide;
  const y = (value) => HEIGHT - BOX.bottom - ((value - low) / (high - low)) * (HEIGHT - BOX.top - BOX.bottom);
  const every = Math.ceil(many / fitting(axis.categories, wide));
  const grid = marks.map((value) => [
    s("line", { class: "chart-grid", x1: BOX.left, x2: WIDTH - BOX.right, y1: y(value), y2: y(value) }),
    s("text", { x: BOX.left - 8, y: y(value) + 4, "text-anchor": "end" }, short.format(value)),
  ]);
  const anchor = (place) => (banded || (place && place < many - 1) ? "middle" : place ? "end" : "start");
  const labels = axis.categories.map((label, place) => (place % every ? null : s("text", { "data-axis": "x", x: x(place), y: HEIGHT - BOX.bottom + 18, "text-anchor": anchor(place) }, label)));
  const below = axis.x_label ? s("text", { x: BOX.left + wide / 2, y: HEIGHT - 6, "text-anchor": "middle" }, axis.x_label) : null;
  return { x, y, zero: y(Math.max(low, 0)), band: wide / many, drawn: [grid, labels, below] };
}

/** Each point in the order of the categories, whatever the order of the data. */
const points = ({ data }, { categories }) => categories.map((label) => data.find((point) => point.label === label));

function plot(chart) {
  const frame = axes(chart, chart.type !== "line", chart.type === "bar");
  const drawn = chart.series.map((one, place) => SHAPES[chart.type](points(one, chart.axis_config), one, place, frame, chart.series.length));
  const svg = s("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", class: "chart-svg" }, frame.drawn, drawn);
  const unit = chart.axis_config.y_label ? h("div", { class: "chart-unit" }, chart.axis_config.y_label) : null;
  return [unit, svg, legend(chart.series.map(({ name }) => name))];
}

const told = (one, point) => `${one.name}, ${point.label}: ${exact.format(point.value)}`;
const dots = (data, one, place, { x, y }) => data.map((point, at) => titled(s("circle", { class: `fill-${place}`, cx: x(at), cy: y(point.value), r: 3 }), told(one, point)));
const path = (data, { x, y }) => data.map((point, at) => `${at ? "L" : "M"}${x(at)} ${y(point.value)}`).join("");

const SHAPES = {
  line: (data, one, place, frame) => [s("path", { class: `stroke-${place}`, d: path(data, frame) }), dots(data, one, place, frame)],
  area: (data, one, place, frame) => [
    s("path", { class: `fill-${place} chart-area`, d: `${path(data, frame)}L${frame.x(data.length - 1)} ${frame.zero}L${frame.x(0)} ${frame.zero}Z` }),
    SHAPES.line(data, one, place, frame),
  ],
  bar: (data, one, place, { x, y, zero, band }, many) =>
    data.map((point, at) => {
      const wide = (band * 0.76) / many;
      const top = Math.min(y(point.value), zero);
      return titled(s("rect", { class: `fill-${place}`, x: x(at) - band * 0.38 + place * wide, y: top, width: Math.max(wide - 1, 1), height: Math.abs(y(point.value) - zero) }), told(one, point));
    }),
};

function pie({ segments }) {
  const whole = segments.reduce((sum, { value }) => sum + value, 0);
  let before = 0;
  const at = (share) => [100 + 90 * Math.sin(share * 2 * Math.PI), 100 - 90 * Math.cos(share * 2 * Math.PI)];
  const slices = segments.map(({ label, value }, place) => {
    const [from, to] = [at(before), at(before + value / whole)];
    before += value / whole;
    const text = `${label}: ${exact.format(value)} (${Math.round((100 * value) / whole)}%)`;
    if (segments.length === 1) return titled(s("circle", { class: `fill-${place}`, cx: 100, cy: 100, r: 90 }), text);
    return titled(s("path", { class: `fill-${place}`, d: `M100 100L${from.join(" ")}A90 90 0 ${value / whole > 0.5 ? 1 : 0} 1 ${to.join(" ")}Z` }), text);
  });
  const named = segments.map(({ label, value }) => `${label} ${Math.round((100 * value) / whole)}%`);
  return [s("svg", { viewBox: "0 0 200 200", role: "img", class: "chart-svg chart-pie" }, slices), legend(named)];
}

const legend = (names) => h("ul", { class: "chart-legend" }, names.map((name, place) => h("li", {}, h("span", { class: `chart-key back-${place % COLOURS}`, "aria-hidden": "true" }), name)));

export function chartNode({ title, chart }) {
  return h("figure", { class: "chart", testid: "chart", data: { kind: chart.type } }, h("figcaption", {}, title), chart.type === "pie" ? pie(chart) : plot(chart));
}
