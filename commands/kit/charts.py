"""Charts of answers: typed series that become Slack's ``data_visualization``, the only place where that block is written."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from commands.kit import blocks
from commands.kit.contract import Block


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a chart: its name, and a value for every category; None is missing."""

    name: str
    values: Sequence[float | None]


def line(title: object, categories: Sequence[str], series: Sequence[Series], *, unit: object = "") -> Block | None:
    """Return a line chart of the newest categories that have a value in every series; None if there are fewer than two.

    Slack cannot draw a gap: a category with a missing value is left out.
    """
    shown = series[: blocks.SERIES]
    whole = [
        (label, [float(value) for value in values if value is not None])
        for label, values in zip(categories, zip(*(one.values for one in shown), strict=True), strict=True)
        if all(value is not None and math.isfinite(value) for value in values)
    ][-blocks.CATEGORIES :]
    if len(whole) < 2:
        return None
    labels = [_label(label) for label, _values in whole]
    axis = {"categories": labels} | ({"y_label": blocks.cut(str(unit), blocks.CHART_TITLE)} if str(unit) else {})
    data = [
        {
            "name": _label(one.name),
            "data": [{"label": label, "value": values[place]} for label, (_name, values) in zip(labels, whole, strict=True)],
        }
        for place, one in enumerate(shown)
    ]
    chart = {"type": "line", "series": data, "axis_config": axis}
    return {"type": "data_visualization", "title": blocks.cut(blocks.clean(title), blocks.CHART_TITLE), "chart": chart}


def _label(text: object) -> str:
    return blocks.cut(blocks.clean(text), blocks.LABEL)
