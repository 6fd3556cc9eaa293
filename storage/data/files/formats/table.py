"""An open file of any format: a header, then numbered rows of text."""

from __future__ import annotations

import unicodedata
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import TracebackType
from typing import Self

from storage.data.files.formats.limits import check_shape
from storage.data.files.refusals import FileRefused

Progress = Callable[[int], object]

# columns before a refused row; prefixed, as observations have a column "value" and corrected rejects must be importable
REJECT_COLUMNS = ("refused_row", "refused_column", "refused_value", "accepted")
# the beginning of a rejects file, after a byte order mark that a spreadsheet program may have added
REJECTS, MARK = ",".join(REJECT_COLUMNS).encode(), b"\xef\xbb\xbf"

# a binary float of more digits may have lost some; it is shown as such, and refused where each digit counts
_EXACT = 1e15


@dataclass(frozen=True, slots=True)
class Notation:
    """The notation of numbers and dates in the file's text, used for typed cells as well."""

    decimal: str = "."
    dates: str = "%Y-%m-%d"

    def number(self, value: float) -> str:
        """Return the shortest text of this figure; a whole one has no decimal point."""
        if isinstance(value, int) or (value.is_integer() and abs(value) < _EXACT):
            return str(int(value))
        return repr(value) if self.decimal == "." else repr(value).replace(".", self.decimal)

    def day(self, value: date) -> str:
        """Return a date; a time other than midnight is shown, and refused by every column."""
        if isinstance(value, datetime) and (value.hour, value.minute, value.second, value.microsecond) != (0, 0, 0, 0):
            return value.isoformat(" ")
        return value.strftime(self.dates)


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell without a value of its own: an error of the spreadsheet, or a formula that was never calculated."""

    place: int
    shown: str
    code: str


class Table(ABC):
    """An open file; a context manager.

    ``format`` names the kind of file, ``header`` the columns; ``sha256`` is the digest of the file (for CSV once it is read),
    ``binary`` is True for figures stored as binary floats, ``faults`` are those of the last row read.
    """

    format: str
    header: tuple[str, ...]
    binary = False
    # the places of cells with ids, which are read as a spreadsheet program shows them
    identifiers: frozenset[int] = frozenset()
    faults: Sequence[Fault] = ()
    # the number of rows that the file claims to have; 0 if it does not
    promised = 0

    @property
    @abstractmethod
    def sha256(self) -> str: ...

    @abstractmethod
    def rows(self) -> Iterator[tuple[int, Sequence[str]]]:
        """Yield each row that is not blank, with its number in a spreadsheet."""

    def is_text(self, place: int) -> bool:
        """Return True if this cell of the last row was text in the file, not a typed figure."""
        return True

    @abstractmethod
    def close(self) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def named(cells: Sequence[str] | None) -> tuple[str, ...]:
    """Return the header: composed, stripped names.

    Raises:
        FileRefused: the header is missing, or repeats a name.
    """
    if cells is None:
        raise FileRefused("empty")
    check_shape(0, len(cells))
    header = tuple(unicodedata.normalize("NFC", name).strip() for name in cells)
    if repeated := sorted(name for name, count in Counter(header).items() if name and count > 1):
        raise FileRefused("repeated_columns", columns=repeated)
    return header
