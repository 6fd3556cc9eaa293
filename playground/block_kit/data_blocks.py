"""The rules for Slack's ``data_table`` and ``data_visualization``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playground.block_kit.elements import ID
from playground.block_kit.schema import Report, Rule, above_zero, anything, array, both, finite, record, string, typed, whole
from playground.shapes import Json

TABLE, CHART = "data_table", "data_visualization"
CHARTS_IN_MESSAGE = 2

_RAW: dict[str, Rule] = {
    "raw_text": record({"type": anything, "text": string(10_000)}),
    "raw_number": record({"type": anything, "value": finite, "text": string(10_000)}),
}
_POINT = record({"label": string(20), "value": finite})
_SERIES = record({"name": string(20), "data": array(_POINT, 20)})
_AXIS = record({"categories": array(string(20), 20)}, {"x_label": string(50), "y_label": string(50)})
_PLOT = record({"type": anything, "series": array(_SERIES, 6), "axis_config": _AXIS})
_PIE = record({"type": anything, "segments": array(record({"label": string(20), "value": above_zero}), 6)})


def table(rich_text: Rule) -> Rule:
    """Return the rule for a ``data_table``, whose cells below the headings may be rich text."""
    shape = record(
        {"type": anything, "caption": string(10_000), "rows": array(array(typed({**_RAW, "rich_text": rich_text}), 20), 101, 2)},
        {"block_id": ID, "page_size": whole(1, 100), "row_header_column_index": whole(0, 19)},
    )
    return both(shape, _table)


def _table(block: Any, pointer: str, report: Report) -> None:
    rows = block.get("rows") if isinstance(block, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows) or not rows:
        return
    for index, row in enumerate(rows):
        if len(row) != len(rows[0]):
            report.add(f"must have {len(rows[0])} cells", f"{pointer}/rows/{index}")
    for index, cell in enumerate(rows[0]):
        if isinstance(cell, dict) and cell.get("type") == "rich_text":
            report.add("unsupported type: rich_text", f"{pointer}/rows/0/{index}/type")


def _plot(chart: Any, pointer: str, report: Report) -> None:
    """Check that each series has a value for each category, and a name of its own."""
    if report.problems:
        return
    categories, names = chart["axis_config"]["categories"], [series["name"] for series in chart["series"]]
    if len(set(categories)) < len(categories):
        report.add("categories must be unique", f"{pointer}/axis_config/categories")
    if len(set(names)) < len(names):
        report.add("series names must be unique", f"{pointer}/series")
    for index, series in enumerate(chart["series"]):
        if sorted(point["label"] for point in series["data"]) != sorted(categories):
            report.add("must contain exactly one entry for every category", f"{pointer}/series/{index}/data")


_CHART = typed({"pie": _PIE, **{kind: both(_PLOT, _plot) for kind in ("line", "bar", "area")}})
VISUALIZATION = record({"type": anything, "title": string(50), "chart": _CHART}, {"block_id": ID})


def check_together(blocks: list[Json], report: Report, most: int) -> None:
    """Check the limits of a whole message: two charts, and the length of text in its tables."""
    charts = [place for place, block in enumerate(blocks) if block.get("type") == CHART]
    if len(charts) > CHARTS_IN_MESSAGE:
        report.add(f"no more than {CHARTS_IN_MESSAGE} `{CHART}` blocks allowed", f"/blocks/{charts[CHARTS_IN_MESSAGE]}")
    tables = [place for place, block in enumerate(blocks) if block.get("type") == TABLE]
    if sum(len(text) for place in tables for text in _texts(blocks[place])) > most:
        report.add(f"must be less than {most + 1} characters", f"/blocks/{tables[0]}/rows")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (entry for key, entry in value.items() if key == "text" and isinstance(entry, str))
    for entry in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(entry)
