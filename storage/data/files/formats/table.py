"""What a file of any format looks like to those who read it: a header, then rows of text with their numbers."""

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

# before a refused row; prefixed, so that a corrected rejects file of observations, which have a column "value", can be imported again
REJECT_COLUMNS = ("refused_row", "refused_column", "refused_value", "accepted")
# how a rejects file begins, after the byte order mark that a spreadsheet program may have put there
REJECTS, MARK = ",".join(REJECT_COLUMNS).encode(), b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Notation:
    """How the file's text is read: what knows numbers and dates as such writes them so, as if they had been typed there."""

    decimal: str = "."
    dates: str = "%Y-%m-%d"

    def number(self, value: float) -> str:
        """The shortest text that means this figure; a whole one has no point."""
        if isinstance(value, int) or (value.is_integer() and abs(value) < 1e18):
            return str(int(value))
        return repr(value) if self.decimal == "." else repr(value).replace(".", self.decimal)

    def day(self, value: date) -> str:
        """A date; a moment that is not midnight shows its time, which no column of ours accepts."""
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

    ``header`` names the columns, ``sha256`` is the digest of the file (of CSV as soon as it is read), ``binary`` says that
    figures were kept as binary floats, ``faults`` are those of the row that was read last.
    """

    header: tuple[str, ...]
    binary = False
    faults: Sequence[Fault] = ()
    # how many rows it says that it has; 0 if it does not say
    promised = 0

    @property
    @abstractmethod
    def sha256(self) -> str: ...

    @abstractmethod
    def rows(self) -> Iterator[tuple[int, Sequence[str]]]:
        """Each row that is not blank, with the number a spreadsheet gives it."""

    @abstractmethod
    def close(self) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def named(cells: Sequence[str] | None) -> tuple[str, ...]:
    """The header: composed, stripped names.

    Raises:
        FileRefused: there is none, or it repeats a name.
    """
    if cells is None:
        raise FileRefused("empty")
    check_shape(0, len(cells))
    header = tuple(unicodedata.normalize("NFC", name).strip() for name in cells)
    if repeated := sorted(name for name, count in Counter(header).items() if name and count > 1):
        raise FileRefused("repeated_columns", columns=repeated)
    return header
