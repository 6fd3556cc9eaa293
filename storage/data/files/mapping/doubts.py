"""Doubts about whole columns that no single cell shows, such as grouped thousands that look like decimals.

A doubt watches the text of a column, row by row, until a cell settles it. A file with an open doubt is refused before anything is loaded:
the mapping answers the question.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from storage.data.files.refusals import FileRefused

_SHOWN = 3
_DIGITS = re.compile(r"[^0-9.,' \u00a0\u202f]")
# a spreadsheet program keeps fifteen digits of a number
_KEPT = 15
# that many zeros are no coincidence any more
_ZEROS = 3


@dataclass(slots=True)
class Grouped:
    """Amounts of which each could be grouped thousands: 900.000 is nine hundred, or nine hundred thousand."""

    place: int
    name: str
    kind: str
    decimal: str
    seen: list[str] = field(default_factory=list)

    def settled_by(self, cell: str) -> bool:
        """Take note of a cell; return True if it settles the doubt."""
        figure = _DIGITS.sub("", cell).strip()
        if self.decimal not in figure:
            return len(figure) > 3
        whole, *groups = figure.split(self.decimal)
        if not (0 < len(whole) <= 3 and whole.isdigit() and whole[0] != "0" and all(len(each) == 3 and each.isdigit() for each in groups)):
            return True
        _note(self.seen, cell)
        return False

    def refusal(self) -> FileRefused | None:
        """Return the question, if no cell has answered it."""
        if not self.seen:
            return None
        return FileRefused("grouped", column=self.name, values=self.seen, decimal=self.decimal, kind=self.kind)


@dataclass(slots=True)
class Rounded:
    """Ids of more than fifteen digits that all end in zeros, as a spreadsheet program leaves them."""

    place: int
    name: str
    kind: str
    seen: list[str] = field(default_factory=list)
    zeros: int = 0

    def settled_by(self, cell: str) -> bool:
        """Take note of a cell; return True if it settles the doubt."""
        if len(cell) <= _KEPT or not (id := cell.strip()).isdigit() or len(id) <= _KEPT:
            return False
        rest = id[_KEPT:]
        if rest.strip("0"):
            return True
        self.zeros += len(rest)
        _note(self.seen, id)
        return False

    def refusal(self) -> FileRefused | None:
        """Return the refusal, if so many zeros are no coincidence."""
        return FileRefused("rounded_ids", column=self.name, values=self.seen) if self.zeros >= _ZEROS else None


Doubt = Grouped | Rounded


def _note(seen: list[str], cell: str) -> None:
    if len(seen) < _SHOWN and cell.strip() not in seen:
        seen.append(cell.strip())
