"""A customer's watched indicators as a chart: up to six panels, the worst first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import numpy as np

from commands.indicators import concerns, one_a_day
from commands.kit.contract import Image
from commands.kit.i18n import _
from commands.kit.wording import words
from commands.pictures.chart import Panel, Threshold, chart
from risk_engine.indicators.monitoring import Colour, colours
from risk_engine.policy.policy import Kri, Policy
from storage.customers.customers import Customer, Observed

PANELS, READINGS = 6, 24


@dataclass(frozen=True, slots=True)
class History:
    """One indicator's readings, oldest first, with the colour after each."""

    kri: Kri
    readings: Sequence[Observed]
    colours: Sequence[Colour]


def histories(policy: Policy, customer: Customer, observed: Iterable[Observed]) -> list[History]:
    """What is watched of a customer and has readings: the worst now first."""
    series = {indicator: one_a_day(found) for indicator, found in groupby(observed, key=lambda reading: reading.indicator)}
    found = [_history(kri, series[kri.indicator]) for kri in policy.kri if concerns(kri, customer) and series.get(kri.indicator)]
    return sorted(found, key=lambda history: (-history.colours[-1], history.kri.name))


def picture(customer: Customer, found: Sequence[History]) -> Image:
    """The chart of some histories; its alternative text says in words where each stands."""
    shown = found[:PANELS]
    panels = [_panel(str(place), history) for place, history in enumerate(shown, start=1)]
    alt = "; ".join(f"{words.named(one.kri.name)} {_written(one.kri.unit, one.readings[-1].value)}" for one in shown)
    title = _("{customer}: indicators over time").format(customer=customer.name)
    return Image(str(title), f"{title}. {alt}", chart(panels))


def _history(kri: Kri, readings: list[Observed]) -> History:
    values = np.array([[reading.value for reading in readings]], dtype=np.float64)
    days = np.array([[reading.as_of.toordinal() for reading in readings]], dtype=np.float64)
    # the state depends on the whole past; only its end is drawn
    states = [Colour(int(state)) for state in colours(kri, values, days)[0]]
    return History(kri, readings[-READINGS:], states[-READINGS:])


def _panel(mark: str, history: History) -> Panel:
    kri = history.kri
    thresholds = [
        Threshold(value, colour, sign > 0) for sign, amber, red in kri.sides for value, colour in ((amber, Colour.AMBER), (red, Colour.RED))
    ]
    values = [reading.value for reading in history.readings if reading.value is not None]
    days = [reading.as_of for reading in history.readings]
    return Panel(mark, days, values, history.colours, thresholds, lambda value: _written(kri.unit, value), _dated)


def _written(unit: str, value: float | None) -> str:
    """A figure in signs that the picture's typeface has, whatever the reader's language."""
    if value is None:
        return "-"
    return {"percent": f"{value:.0%}", "days": f"{value:.0f}", "ratio": f"{value:.2f}"}.get(unit, f"{value:,.4g}")


def _dated(day: date) -> str:
    return day.strftime("%Y-%m")
