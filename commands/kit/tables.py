"""Tables of answers: typed cells that become Slack's ``data_table``, which readers sort, filter and page.

Only this module writes the block. ``commands.kit.older_blocks`` has the form for workspaces without it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from commands.kit import blocks
from commands.kit.access.masking import masked
from commands.kit.contract import Block
from commands.kit.i18n import ngettext
from commands.kit.wording import words

# rows that a reader sees at once
PAGE = 15
MISSING = "–"


@dataclass(frozen=True, slots=True)
class Figure:
    """A cell that is read as text and sorted by its value; None is missing."""

    text: str
    value: float | None

    def __str__(self) -> str:
        return self.text


def figure(text: object, value: float | Decimal | None) -> Figure:
    """Return a figure's cell; a masked one, and one that is not finite, has no value to sort by."""
    known = value is not None and not masked() and math.isfinite(value)
    return Figure(str(text), float(value) if known and value is not None else None)


def dated(day: date | None) -> Figure:
    """Return a date's cell, which sorts by time."""
    return Figure(MISSING, None) if day is None else Figure(words.day(day), float(day.toordinal()))


@dataclass(frozen=True, slots=True)
class Amount:
    """A cell with an amount, whose unit stands in the heading of its column; None is missing."""

    value: Decimal | None


def in_one_unit(headings: Sequence[object], rows: Sequence[Sequence[object]], currency: str) -> tuple[list[object], list[list[object]]]:
    """Return headings and rows with every column of amounts in one unit and with equal decimals."""
    titles, columns = list(headings), [list(column) for column in zip(*rows, strict=True)]
    for place, column in enumerate(columns):
        amounts = [cell.value for cell in column if isinstance(cell, Amount)]
        if len(amounts) == len(column):
            unit, written = words.money_column(amounts, currency)
            titles[place] = words.in_unit(titles[place], unit)
            columns[place] = [figure(text, amount) for text, amount in zip(written, amounts, strict=True)]
    return titles, [list(row) for row in zip(*columns, strict=True)]


def table(
    headings: Sequence[object], rows: Sequence[Sequence[object]], *, caption: object, lead: int | Sequence[int] | None = None
) -> Block:
    """Return a table; the first column names the rows.

    Args:
        rows: a cell is text or a :class:`Figure`.
        caption: what the table shows, for screen readers.
        lead: the indices of the columns that matter; they move beside the first, where a phone shows them without scrolling.
    """
    order = _order(len(headings), lead)
    body = _within_limits([[row[column] for column in order] for row in rows or [[MISSING] * len(headings)]])
    lowest = [_below(column) for column in zip(*body, strict=True)]
    return {
        "type": "data_table",
        "caption": blocks.cut(blocks.clean(caption), blocks.HEADER) or MISSING,
        "page_size": min(len(body), PAGE),
        "rows": [
            [_text(headings[column]) for column in order],
            *([_cell(cell, low) for cell, low in zip(row, lowest, strict=True)] for row in body),
        ],
    }


def _order(columns: int, lead: int | Sequence[int] | None) -> list[int]:
    leads = [] if lead is None else [lead] if isinstance(lead, int) else list(lead)
    return [0, *leads, *(column for column in range(1, columns) if column not in leads)][: blocks.TABLE_COLUMNS]


def _within_limits(rows: list[list[object]]) -> list[list[object]]:
    """Return the rows that Slack takes; a last one counts the others."""
    kept: list[list[object]] = []
    letters = 0
    for row in rows:
        letters += sum(len(_written(cell)) for cell in row)
        if len(kept) == blocks.TABLE_ROWS or letters > blocks.TABLE_TEXT:
            break
        kept.append(row)
    left = len(rows) - len(kept)
    if not left:
        return rows
    if len(kept) == blocks.TABLE_ROWS:
        kept, left = kept[:-1], left + 1
    more = str(ngettext("… and {n} more", "… and {n} more", left))
    return [*kept, [more, *([MISSING] * (len(rows[0]) - 1))]]


def _below(column: Sequence[object]) -> float | None:
    """Return a value under all of a column's, for missing figures; None for a column of text.

    Slack sorts a column by value only if every cell has one: a missing figure, shown as a dash, sorts before the lowest.
    """
    values = [cell.value for cell in column if isinstance(cell, Figure) and cell.value is not None]
    lowest = min(values, default=None)
    return None if lowest is None else lowest - max(1.0, abs(lowest)) - 1.0


def _cell(cell: object, lowest: float | None) -> dict[str, Any]:
    text = _text(cell)
    if lowest is None or not (isinstance(cell, Figure) or text["text"] == MISSING):
        return text
    value = cell.value if isinstance(cell, Figure) and cell.value is not None else lowest
    return {"type": "raw_number", "value": value, "text": text["text"]}


def _text(cell: object) -> dict[str, Any]:
    return {"type": "raw_text", "text": _written(cell)}


def _written(cell: object) -> str:
    return blocks.cut(blocks.clean(cell.text if isinstance(cell, Figure) else cell), blocks.CELL) or MISSING
