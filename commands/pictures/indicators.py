"""A customer's watched indicators as a chart: up to six panels, the worst first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from commands.indicators import IndicatorState
from commands.kit.contract import Image
from commands.kit.i18n import _
from commands.kit.wording import words
from commands.pictures.chart import Panel, Threshold, chart
from risk_engine.indicators.monitoring import Colour
from storage.customers.customers import Customer

PANELS, READINGS = 6, 24


def picture(customer: Customer, found: Sequence[IndicatorState]) -> Image:
    """Return the chart of some histories; its alternative text gives the state of each in words."""
    shown = found[:PANELS]
    panels = [_panel(str(place), state) for place, state in enumerate(shown, start=1)]
    alt = "; ".join(f"{words.named(one.kri.name)} {_written(one.kri.unit, one.readings[-1].value)}" for one in shown)
    title = _("{customer}: indicators over time").format(customer=customer.name)
    return Image(str(title), f"{title}. {alt}", chart(panels))


def _panel(mark: str, state: IndicatorState) -> Panel:
    kri = state.kri
    thresholds = [
        Threshold(value, colour, sign > 0) for sign, amber, red in kri.sides for value, colour in ((amber, Colour.AMBER), (red, Colour.RED))
    ]
    # the state depends on the whole history; only its end is drawn
    drawn = state.readings[-READINGS:]
    values, days = [one.value for one in drawn if one.value is not None], [one.as_of for one in drawn]
    return Panel(mark, days, values, state.colours[-READINGS:], thresholds, lambda value: _written(kri.unit, value), _dated)


def _written(unit: str, value: float | None) -> str:
    """Return a figure in characters that the picture's typeface has, for every language."""
    if value is None:
        return "-"
    return {"percent": f"{value:.0%}", "days": f"{value:.0f}", "ratio": f"{value:.2f}"}.get(unit, f"{value:,.4g}")


def _dated(day: date) -> str:
    return day.strftime("%Y-%m")
