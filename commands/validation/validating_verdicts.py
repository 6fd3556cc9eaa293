"""Verdicts of a validation in words, and its formatted figures."""

from __future__ import annotations

import math

from commands.kit.i18n import Text, _
from commands.kit.wording import words
from risk_engine.indicators.monitoring import Colour
from risk_engine.validation.calibration import Calibration
from risk_engine.validation.stability import Shift
from risk_engine.validation.validation import Discrimination

TOO_FEW = _("too few")
_POWER: dict[Colour, Text | str] = {Colour.NONE: "–", Colour.GREEN: _("good"), Colour.AMBER: _("weak"), Colour.RED: _("poor")}
_LEVEL: dict[Colour, Text | str] = {
    Colour.NONE: "–",
    Colour.GREEN: _("not rejected"),
    Colour.AMBER: _("doubtful"),
    Colour.RED: _("PD too low"),
}
_SHIFT = {Colour.NONE: _("not comparable"), Colour.GREEN: _("stable"), Colour.AMBER: _("somewhat shifted"), Colour.RED: _("shifted")}
BETTER = {"high": _("high is good"), "low": _("low is good")}


def power_verdict(found: Discrimination) -> Text | str:
    return _POWER[found.light] if found.enough else TOO_FEW


def level_verdict(found: Calibration, place: int) -> Text | str:
    light = Colour(int(found.lights[place]))
    if not found.count[place] or not found.too_few[place]:
        return _LEVEL[light]
    # few expected defaults are no excuse: the test is exact, and more went bad than chance explains
    return _("{verdict}, too few").format(verdict=_LEVEL[light]) if light > Colour.GREEN else TOO_FEW


def shift_verdict(found: Shift) -> Text | str:
    return _SHIFT[found.light]


def figure(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.3f}"


def signed(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:+.3f}"


def percent(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.1%}"


def probability(value: float) -> str:
    """Return a p-value; tiny values are shown as below the smallest, not as 0."""
    return "<0.0001" if value < 0.00005 else "–" if math.isnan(value) else f"{value:.4f}"


def share(value: float) -> str:
    return "–" if math.isnan(value) else words.share(value)
