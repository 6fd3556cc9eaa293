"""The picture of a line chart, for workspaces without Slack's own: a PNG drawn from the same block.

It stands on paper of its own, so that it reads alike on a light and on a dark screen. Letters are large enough for a
phone, which shows the picture at two thirds of its width. A series whose name begins with the sign of a colour is a threshold: dashed,
in that colour, with its label at its end.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from commands.kit.contract import Block, Image

if TYPE_CHECKING:
    from PIL import ImageDraw

# drawn at twice the size: sharp on dense screens
SCALE = 2
WIDTH, HEIGHT = 480, 270
TOP, BOTTOM, EDGE, LETTER = 20, 40, 14, 18
PAPER, INK, FAINT, GRID = "#ffffff", "#1d2433", "#5b6475", "#e3e6ec"
LINES = ("#2f5d9b", "#8a4f9e", "#2e7d6b", "#a05a1c", "#5a6b2f", "#7a3b4c")
# the signs of colours, as series of thresholds begin with them
SIGNS = {"🔶": "#b06a00", "🔴": "#c23030", "🟢": "#2e8b57"}

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Line:
    """A series as it is drawn: its label, its values, its colour, and whether it is a threshold."""

    label: str
    values: Sequence[float]
    colour: str
    dashed: bool


def picture(block: Block) -> Image:
    """Return the picture of a line chart; its alternative text names each series with its newest value."""
    series = block["chart"]["series"]
    last = block["chart"]["axis_config"]["categories"][-1]
    told = "; ".join(f"{one['name']} {_figure(one['data'][-1]['value'])}" for one in series)
    return Image(block["title"], f"{block['title']}. {last}: {told}", _png(block["chart"]))


def _png(chart: dict[str, Any]) -> bytes:
    # import the library only when a picture is drawn
    from PIL import Image as Pictures
    from PIL import ImageDraw

    paper = Pictures.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), PAPER)
    _Drawn(ImageDraw.Draw(paper), _lines(chart), [_drawable(one) for one in chart["axis_config"]["categories"]]).all()
    out = io.BytesIO()
    paper.save(out, "PNG", optimize=True)
    return out.getvalue()


def _lines(chart: dict[str, Any]) -> list[_Line]:
    unit = _drawable(chart["axis_config"].get("y_label", ""))
    found = []
    for place, one in enumerate(chart["series"]):
        values = [point["value"] for point in one["data"]]
        sign = SIGNS.get(one["name"][:1])
        newest = f"{_figure(values[-1], digits=3)}{unit if len(unit) == 1 else ''}"
        label = _drawable(one["name"][1:]) or newest if sign else newest
        found.append(_Line(label, values, sign or LINES[place], sign is not None))
    return found


class _Drawn:
    """One chart on its paper; positions are in unscaled points."""

    def __init__(self, draw: ImageDraw.ImageDraw, lines: list[_Line], categories: list[str]) -> None:
        self._draw, self._lines, self._categories = draw, lines, categories
        self._ticks = _ticks([value for line in lines for value in line.values])
        self._left = EDGE + max(self._wide(_figure(tick)) for tick in self._ticks) + 8
        self._right = WIDTH - EDGE - max(self._wide(line.label) for line in lines) - 10

    def all(self) -> None:
        for tick in self._ticks:
            self._draw.line([self._at(self._left, self._y(tick)), self._at(self._right, self._y(tick))], fill=GRID, width=SCALE)
            self._text(self._left - 8, self._y(tick), _figure(tick), FAINT, "rm")
        for line in sorted(self._lines, key=lambda line: not line.dashed):
            self._one(line)
        ends = [(self._y(line.values[-1]), line.label, line.colour) for line in self._lines]
        for y, label, colour in _apart(ends, LETTER + 2, TOP, HEIGHT - BOTTOM):
            self._text(self._right + 10, y, label, colour, "lm")
        self._dates()

    def _one(self, line: _Line) -> None:
        points = [self._at(self._x(place), self._y(value)) for place, value in enumerate(line.values)]
        if line.dashed:
            for start in range(round(self._left), round(self._right), 12):
                y = self._y(line.values[0])
                self._draw.line([self._at(start, y), self._at(min(start + 7, self._right), y)], fill=line.colour, width=2 * SCALE)
            return
        self._draw.line(points, fill=line.colour, width=3 * SCALE, joint="curve")
        for x, y in points:
            self._draw.ellipse((x - 4 * SCALE, y - 4 * SCALE, x + 4 * SCALE, y + 4 * SCALE), fill=line.colour)

    def _dates(self) -> None:
        first, last = self._categories[0], self._categories[-1]
        self._text(self._left, HEIGHT - EDGE, first, FAINT, "ls")
        if self._left + self._wide(first) + 20 < self._right - self._wide(last):
            self._text(self._right, HEIGHT - EDGE, last, FAINT, "rs")

    def _x(self, place: int) -> float:
        return self._left + 6 + place / max(len(self._categories) - 1, 1) * (self._right - self._left - 12)

    def _y(self, value: float) -> float:
        low, high = self._ticks[0], self._ticks[-1]
        return HEIGHT - BOTTOM - (value - low) / (high - low) * (HEIGHT - TOP - BOTTOM)

    def _at(self, x: float, y: float) -> Point:
        return x * SCALE, y * SCALE

    def _text(self, x: float, y: float, text: str, colour: str, anchor: str) -> None:
        self._draw.text(self._at(x, y), text, fill=colour, font=_font(), anchor=anchor)

    def _wide(self, text: str) -> float:
        return self._draw.textlength(text, font=_font()) / SCALE


def _font() -> Any:
    from PIL import ImageFont

    return ImageFont.load_default(LETTER * SCALE)


def _ticks(values: Sequence[float]) -> list[float]:
    """Return three to six round numbers that enclose the values."""
    low, high = min(values), max(values)
    span = (high - low) or abs(high) or 1.0
    step = 10.0 ** math.floor(math.log10(span / 3))
    step *= next(factor for factor in (1, 2, 5, 10) if span / (step * factor) <= 4)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [place * step for place in range(first, max(last, first + 1) + 1)]


def _apart(labels: list[tuple[float, str, str]], least: float, top: float, bottom: float) -> list[tuple[float, str, str]]:
    """Return the labels from top to bottom, moved where they would overlap, and none below the chart."""
    placed: list[tuple[float, str, str]] = []
    for y, text, colour in sorted(labels):
        placed.append((max(y, placed[-1][0] + least) if placed else max(y, top), text, colour))
    ceiling = bottom
    for place in reversed(range(len(placed))):
        y, text, colour = placed[place]
        placed[place] = (min(y, ceiling), text, colour)
        ceiling = placed[place][0] - least
    return placed


def _drawable(text: str) -> str:
    """Return text in letters that the typeface has: ``2026年3月31日`` as ``2026-3-31``, ``1.17×`` as ``1.17x``."""
    return re.sub("[^\x20-\u017f\u2013\u2026]+", "-", text.replace("×", "x")).strip("- ")


def _figure(value: float, *, digits: int = 4) -> str:
    return f"{value:,.{digits}g}" if abs(value) < 10 ** (digits - 1) else f"{value:,.0f}"
