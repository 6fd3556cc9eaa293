"""Line charts of readings against their thresholds, several in one picture, as PNG.

A panel is marked with a number; the message says what it shows. Colours are never alone: a reading past amber is a
diamond, past red a square, and thresholds are dashed lines with their figures.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from risk_engine.indicators.monitoring import Colour

if TYPE_CHECKING:
    from PIL import ImageDraw

# drawn at twice the size and scaled down: smooth lines, and sharp on dense screens
SCALE = 2
WIDTH, HEIGHT, GAP = 300, 176, 12
LEFT, RIGHT, TOP, BOTTOM = 14, 52, 36, 30

PAPER, INK, FAINT, LINE = "#ffffff", "#1d2433", "#6b7385", "#2f5d9b"
SIGN = {Colour.GREEN: "#2e8b57", Colour.AMBER: "#d98200", Colour.RED: "#c23030"}
ZONE = {Colour.AMBER: "#fff4dc", Colour.RED: "#fde7e5"}

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Threshold:
    """The beginning of a colour, ``above`` or below a value."""

    value: float
    colour: Colour
    above: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """One indicator: readings oldest first, the colour of each, thresholds, and the formats of figures and dates."""

    mark: str
    days: Sequence[date]
    values: Sequence[float]
    colours: Sequence[Colour]
    thresholds: Sequence[Threshold]
    written: Callable[[float], str]
    dated: Callable[[date], str]


def chart(panels: Sequence[Panel], *, columns: int = 2) -> bytes:
    """Return all panels in one PNG, in reading order.

    Raises:
        ValueError: there is no panel, or one without a reading.
    """
    # import the library only when a picture is drawn
    from PIL import Image, ImageDraw

    if not panels or not all(panel.values for panel in panels):
        raise ValueError("a chart needs at least one panel, and each at least one reading")
    across = min(columns, len(panels))
    down = -(-len(panels) // across)
    size = (across * (WIDTH + GAP) + GAP, down * (HEIGHT + GAP) + GAP)
    picture = Image.new("RGB", (size[0] * SCALE, size[1] * SCALE), "#eef0f4")
    draw = ImageDraw.Draw(picture)
    for place, panel in enumerate(panels):
        corner = (GAP + place % across * (WIDTH + GAP), GAP + place // across * (HEIGHT + GAP))
        _Drawn(draw, panel, corner).all()
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


class _Drawn:
    """One panel on the picture; positions are in unscaled points."""

    def __init__(self, draw: ImageDraw.ImageDraw, panel: Panel, corner: tuple[int, int]) -> None:
        self._draw, self._panel, self._corner = draw, panel, corner
        self._low, self._high = _range(panel)
        first, last = panel.days[0].toordinal(), panel.days[-1].toordinal()
        self._first, self._days = first, max(last - first, 1)

    def all(self) -> None:
        self._paper()
        self._zones()
        self._lines()
        self._series()
        self._labels()

    def _x(self, day: date) -> float:
        share = (day.toordinal() - self._first) / self._days if len(self._panel.days) > 1 else 0.5
        return LEFT + 6 + share * (WIDTH - LEFT - RIGHT - 12)

    def _y(self, value: float) -> float:
        return HEIGHT - BOTTOM - (value - self._low) / (self._high - self._low) * (HEIGHT - TOP - BOTTOM)

    def _at(self, x: float, y: float) -> Point:
        return (self._corner[0] + x) * SCALE, (self._corner[1] + y) * SCALE

    def _box(self, left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
        return *self._at(left, top), *self._at(right, bottom)

    def _paper(self) -> None:
        self._draw.rounded_rectangle(self._box(0, 0, WIDTH, HEIGHT), radius=8 * SCALE, fill=PAPER)

    def _zones(self) -> None:
        for threshold in sorted(self._panel.thresholds, key=lambda one: one.colour):
            y = self._y(threshold.value)
            top, bottom = (TOP, y) if threshold.above else (y, HEIGHT - BOTTOM)
            if bottom > top:
                self._draw.rectangle(self._box(LEFT, top, WIDTH - RIGHT, bottom), fill=ZONE[threshold.colour])

    def _lines(self) -> None:
        for threshold in self._panel.thresholds:
            y = self._y(threshold.value)
            for x in range(LEFT, WIDTH - RIGHT, 10):
                self._draw.line([self._at(x, y), self._at(min(x + 5, WIDTH - RIGHT), y)], fill=SIGN[threshold.colour], width=SCALE)
        for y, text, colour in _apart(
            [(self._y(one.value), self._panel.written(one.value), SIGN[one.colour]) for one in _once(self._panel)]
        ):
            self._text(WIDTH - RIGHT + 8, y, text, colour, 12, "lm")

    def _series(self) -> None:
        points = [self._at(self._x(day), self._y(value)) for day, value in zip(self._panel.days, self._panel.values, strict=True)]
        if len(points) > 1:
            self._draw.line(points, fill=LINE, width=2 * SCALE, joint="curve")
        for point, colour in zip(points, self._panel.colours, strict=True):
            _mark(self._draw, point, colour, 3.5 * SCALE)

    def _labels(self) -> None:
        panel = self._panel
        newest = SIGN.get(panel.colours[-1], FAINT)
        self._text(LEFT, 18, panel.mark, FAINT, 13, "lm")
        self._text(WIDTH - RIGHT, 18, panel.written(panel.values[-1]), newest, 17, "rm")
        self._text(LEFT, HEIGHT - 14, panel.dated(panel.days[0]), FAINT, 11, "lm")
        if len(panel.days) > 1:
            self._text(WIDTH - RIGHT, HEIGHT - 14, panel.dated(panel.days[-1]), FAINT, 11, "rm")

    def _text(self, x: float, y: float, text: str, colour: str, size: int, anchor: str) -> None:
        from PIL import ImageFont

        self._draw.text(self._at(x, y), text, fill=colour, font=ImageFont.load_default(size * SCALE), anchor=anchor)


def _range(panel: Panel) -> tuple[float, float]:
    """Return the range of readings and thresholds with some margin; never empty."""
    figures = [*panel.values, *(threshold.value for threshold in panel.thresholds)]
    low, high = min(figures), max(figures)
    air = (high - low) * 0.12 or abs(high) * 0.1 or 1.0
    return low - air, high + air


def _once(panel: Panel) -> list[Threshold]:
    return list({threshold.value: threshold for threshold in panel.thresholds}.values())


def _apart(labels: list[tuple[float, str, str]], least: float = 14) -> list[tuple[float, str, str]]:
    """Return the labels from top to bottom, moved down where they would overlap."""
    placed: list[tuple[float, str, str]] = []
    for y, text, colour in sorted(labels):
        placed.append((max(y, placed[-1][0] + least) if placed else y, text, colour))
    return placed


def _mark(draw: ImageDraw.ImageDraw, point: Point, colour: Colour, size: float) -> None:
    """Draw a dot for green, a diamond for amber, a square for red."""
    x, y = point
    fill = SIGN.get(colour, FAINT)
    match colour:
        case Colour.RED:
            draw.rectangle((x - size, y - size, x + size, y + size), fill=fill)
        case Colour.AMBER:
            longer = size * 1.45
            draw.polygon([(x, y - longer), (x + longer, y), (x, y + longer), (x - longer, y)], fill=fill)
        case _:
            draw.ellipse((x - size, y - size, x + size, y + size), fill=fill)
