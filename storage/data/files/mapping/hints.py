"""Hints for refused cells: the mapping with which the cell could be read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from storage.data.files.cells import read_as
from storage.data.files.figures import NEGATIVES
from storage.data.files.refusals import Accepted

_FIGURES = frozenset(("number", "range", "money", "signed_money", "whole", "above"))
_PLAIN = re.compile(r"[0-9][0-9.,'’ \u00a0\u202f]*")
_SIGNED = re.compile(r"[+-]?[0-9][0-9.,'’ \u00a0\u202f]*%?")
MISSING = frozenset(
    ("-", "--", "---", "–", "—", "n/a", "na", "n.a.", "k.a.", "nil", "null", "none", "nan", "#n/a", ".", "无", "暂无", "不适用", "空")
)
# the usual ways to write a date besides ISO; days before months where a cell fits both
DATES = (
    "%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y", "%m/%d/%Y", "%d/%m/%y", "%m/%d/%y",
    "%d-%m-%Y", "%m-%d-%Y", "%d-%m-%y", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d",
    "%Y年%m月%d日", "%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%d. %b %Y", "%d.%b.%Y", "%b %d, %Y", "%b %d %Y", "%Y-%b-%d", "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S", "%d.%m.%Y %H:%M:%S", "%d/%m/%Y %H:%M",
)  # fmt: skip


def hinted(kind: str, cell: str, accepted: Accepted) -> Accepted:
    """Return the accepted values of a refused cell, with the mapping that would accept the cell."""
    cell, hint = cell.strip(), dict[str, object]()
    if accepted.code in _FIGURES:
        hint = _figure(cell, signed=accepted.code != "money")
    elif accepted.code == "date" and not accepted.facts.get("formats") and (like := formats_of((cell,))):
        hint = {"hint": "date_like", "like": like[:2]}
    return Accepted(accepted.code, {**accepted.facts, **hint, "kind": kind}) if hint else accepted


def formats_of(cells: Iterable[str]) -> list[str]:
    """Return the formats that read all of these cells as dates."""
    likely = list(DATES)
    for cell in cells:
        likely = [shape for shape in likely if read_as(cell, shape, date.max.year) is not None]
    return likely


def negative_form(cell: str) -> str | None:
    """Return the form in which a cell is a negative figure; None if it is none."""
    return next(
        (form for form, shape in NEGATIVES.items() if (found := shape.fullmatch(cell)) and _PLAIN.fullmatch(found[1].strip())), None
    )


def _figure(cell: str, *, signed: bool) -> dict[str, object]:
    if signed and (form := negative_form(cell)):
        return {"hint": "figure_negative", "form": f'"{form}"'}
    if cell.casefold() in MISSING:
        return {"hint": "figure_missing", "word": f'"{cell}"'}
    if _SIGNED.fullmatch(cell) and re.search(r"[0-9][.,'’ \u00a0\u202f][0-9]", cell):
        return {"hint": "figure_signs"}
    return {}
