"""Monitoring: the state machine of a key risk indicator, for every customer at once."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from risk_engine.policy.policy import Kri

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
Levels = NDArray[np.int8]


class Colour(IntEnum):
    """An indicator's state; ``NONE`` is no reading, which is never green."""

    NONE = -1
    GREEN = 0
    AMBER = 1
    RED = 2


def colours(kri: Kri, readings: Floats, days: Floats | None = None, lasts: Floats | None = None) -> Levels:
    """Walk every customer's readings through the indicator's state machine; one colour a reading.

    A level rises when a reading is at or past a threshold for ``up_for`` readings in a row (from green to red
    at once where red's run is complete); it falls to the lowest level whose threshold the readings have cleared
    by ``dead_band`` for ``down_for`` readings in a row. A missing reading neither confirms nor breaks a run; a
    reading that comes after the one before it had gone stale begins its runs anew.

    Args:
        kri: direction, thresholds, dead-band and persistence.
        readings: shape (customers, readings), oldest first, in the indicator's unit; NaN where missing.
        days: same shape, the day number of each reading; without them nothing is ever stale.
        lasts: same shape, for how many days each reading is good; by default the indicator's own days.

    Returns:
        shape (customers, readings): the :class:`Colour` after each reading, NONE before the first.

    Source: the house's standard for indicators; two-sided indicators take the worse of their sides.
    """
    return colours_of([kri], np.zeros(len(readings), dtype=np.int64), readings, days, lasts)


def colours_of(kris: Sequence[Kri], which: Places, readings: Floats, days: Floats | None = None, lasts: Floats | None = None) -> Levels:
    """Walk the readings of several indicators at once, as :func:`colours` does those of one; ``which`` is the indicator of each line."""
    own = np.array([float(kri.stale_after_days) for kri in kris])[which][:, None]
    good = np.broadcast_to(own, readings.shape) if lasts is None else lasts
    late = np.zeros(readings.shape, dtype=bool) if days is None else _after_a_gap(readings, days, good)
    worst = np.full(readings.shape, Colour.NONE, dtype=np.int8)
    for side in range(max((len(kri.sides) for kri in kris), default=0)):
        has = np.array([len(kri.sides) > side for kri in kris])[which]
        rules = _rules([kri for kri in kris if len(kri.sides) > side], side)
        places = np.cumsum([len(kri.sides) > side for kri in kris])[which[has]] - 1
        one = _Rules(*(column[places] for column in rules))
        worst[has] = np.maximum(worst[has], _one_side(one, one.sign[:, None] * readings[has], late[has]))
    return worst


class _Rules(NamedTuple):
    """The rules of one side, "high is bad" once multiplied by the sign; a place for each indicator, or for each line of readings."""

    sign: Floats
    amber: Floats
    red: Floats
    clear_amber: Floats
    clear_red: Floats
    banded: NDArray[np.bool_]
    up_for: Places
    down_for: Places


def _rules(kris: Sequence[Kri], side: int) -> _Rules:
    sign, amber, red = np.array([kri.sides[side] for kri in kris], dtype=np.float64).reshape(-1, 3).T
    band = np.array([kri.dead_band for kri in kris])
    # a threshold less its dead-band is a decimal in people's minds: 0.90 - 0.05 is 0.85, not 0.8500000000000001
    clear_amber, clear_red = np.round([sign * amber - band, sign * red - band], 12)
    counts = (np.array([kri.up_for for kri in kris]), np.array([kri.down_for for kri in kris]))
    return _Rules(sign, sign * amber, sign * red, clear_amber, clear_red, band > 0, *counts)


def _after_a_gap(readings: Floats, days: Floats, lasts: Floats) -> NDArray[np.bool_]:
    """Flag readings whose predecessor had gone stale."""
    places = np.where(np.isnan(readings), -1, np.arange(readings.shape[1]))
    before = np.maximum.accumulate(places, axis=1)[:, :-1]
    until = np.take_along_axis(days + lasts, np.maximum(before, 0), axis=1)
    late = np.zeros(readings.shape, dtype=bool)
    # before the first reading there is nothing that could have gone stale
    late[:, 1:] = (before >= 0) & (days[:, 1:] > until)
    return late


def _one_side(rules: _Rules, readings: Floats, late: NDArray[np.bool_]) -> Levels:
    """The machine for "high is bad"; the other direction is its mirror image."""
    customers, steps = readings.shape
    result = np.full((customers, steps), Colour.NONE, dtype=np.int8)
    level = np.full(customers, Colour.NONE, dtype=np.int8)
    # runs[k] counts readings in a row that are: at or past amber, at or past red, clear of red, clear of amber
    runs = np.zeros((4, customers), dtype=np.int32)
    clear = (_past(readings, rules.clear_red, rules.banded), _past(readings, rules.clear_amber, rules.banded))
    holds, there = np.stack([readings >= rules.amber[:, None], readings >= rules.red[:, None], *clear]), ~np.isnan(readings)
    for step in range(steps):
        seen = there[:, step]
        runs = np.where(seen, np.where(holds[:, :, step], np.where(late[:, step], 0, runs) + 1, 0), runs)
        up = np.where(runs[1] >= rules.up_for, Colour.RED, np.where(runs[0] >= rules.up_for, Colour.AMBER, Colour.GREEN))
        down = np.where(runs[3] >= rules.down_for, Colour.GREEN, np.where(runs[2] >= rules.down_for, Colour.AMBER, Colour.RED))
        moved = np.where(up > level, up, np.minimum(level, down))
        level = np.where(seen, np.maximum(moved, Colour.GREEN), level).astype(np.int8)
        result[:, step] = level
    return result


def _past(readings: Floats, clear: Floats, banded: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Flag readings that have come back: by at least the dead-band, or, without one, to the good side of the threshold."""
    found: NDArray[np.bool_] = np.where(banded[:, None], readings <= clear[:, None], readings < clear[:, None])
    return found


def threshold_crossed(kri: Kri, value: float, colour: Colour) -> float | None:
    """The threshold that explains a colour; None when green. For a two-sided indicator, that of the nearer side."""
    if colour <= Colour.GREEN:
        return None
    limits = [
        (sign * (value - (amber if colour == Colour.AMBER else red)), amber if colour == Colour.AMBER else red)
        for sign, amber, red in kri.sides
    ]
    return max(limits)[1]
