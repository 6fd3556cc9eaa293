"""The older form of Slack's newer blocks, for workspaces and surfaces that do not have them: a table as fixed-width text."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

import tabulate as tables
from wcwidth import wcswidth

from commands.kit import blocks
from commands.kit.contract import Block, Blocks

# headings need no extra space: columns are two spaces apart
tables.MIN_PADDING = 0
TABLE, CHART = "data_table", "data_visualization"
NEWER = frozenset({TABLE, CHART})
# a message is about 88 letters wide, and a column that is wrapped narrower than this reads badly
WIDTH, NARROWEST = 86, 10
# what begins a figure: a sign, a currency, a digit
_FIGURE = re.compile(r"[–—•]+$|[▲▼+−<>≈=~(-]*\s*([A-Z]{3}\s)?[▲▼+−-]?\d")


def newer(body: Blocks) -> frozenset[str]:
    """Return the types of newer blocks in a message."""
    return frozenset(block["type"] for block in body) & NEWER


def older(body: Blocks, lacking: Collection[str], draw: Callable[[Block], Block]) -> Blocks:
    """Return the blocks with these types in their older form.

    Args:
        draw: gives the block of a chart's picture.
    """
    return [form for block in body for form in _forms(block, lacking, draw)]


def in_view(body: Blocks) -> Blocks:
    """Return the blocks for Home or a form, where Slack takes no table and no chart; a chart's table stands without it."""
    return [form for block in body if block["type"] != CHART for form in _forms(block, {TABLE}, lambda chart: chart)]


def _forms(block: Block, lacking: Collection[str], draw: Callable[[Block], Block]) -> Iterator[Block]:
    if block["type"] not in lacking:
        yield block
    elif block["type"] == TABLE:
        yield from _fixed_width(block)
    else:
        yield draw(block)


def _fixed_width(block: Block) -> Iterator[Block]:
    """Yield a table as aligned text, in several blocks if it is long; wide cells are wrapped, none is cut."""
    head, *body = [[str(cell["text"]) for cell in row] for row in block["rows"]]
    columns = list(zip(head, *body, strict=True))
    widths = _widths([max(map(wcswidth, column)) for column in columns])
    # the first column names the rows
    align = ["right" if place and _is_figures(column[1:]) else "left" for place, column in enumerate(columns)]
    yield from _pieces(head, body, widths, align)


def _pieces(head: Sequence[str], rows: Sequence[Sequence[str]], widths: list[int], align: list[str]) -> Iterator[Block]:
    text = tables.tabulate(
        rows, head, "simple", colalign=align, disable_numparse=True, maxcolwidths=widths, maxheadercolwidths=widths, headersglobalalign=None
    )
    if len(text) <= blocks.CODE or len(rows) < 2:
        yield blocks.preformatted(text)
        return
    half = len(rows) // 2
    yield from _pieces(head, rows[:half], widths, align)
    yield from _pieces(head, rows[half:], widths, align)


def _widths(natural: list[int]) -> list[int]:
    """Return the widths of columns that fit a message: the widest are narrowed, by wrapping their cells."""
    widths = list(natural)
    while sum(widths) + 2 * (len(widths) - 1) > WIDTH and max(widths) > NARROWEST:
        widths[widths.index(max(widths))] -= 1
    return widths


def _is_figures(cells: Sequence[str]) -> bool:
    return all(map(_FIGURE.match, cells)) and any(letter.isdigit() for cell in cells for letter in cell)


def lines(block: dict[str, Any]) -> Iterator[str]:
    """Yield a table as plain lines, for the terminal."""
    for piece in _fixed_width(block):
        yield from piece["elements"][0]["elements"][0]["text"].split("\n")
