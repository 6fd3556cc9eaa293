"""The delimiter of a text file, read from its first rows."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass

from storage.data.files.refusals import FileRefused

DELIMITERS = (",", ";", "\t", "|", "^", "~", "，", "；")
# a first line by which a file tells a spreadsheet program its delimiter
_SEP = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
_ALIGNED = re.compile(r"\S+(?: \S+)*(?: {2,}\S+(?: \S+)*)+")
_ROWS = 20


@dataclass(frozen=True, slots=True)
class Dialect:
    """The delimiter of a file, and whether a line ``sep=;`` before the first row names it."""

    delimiter: str
    stated: bool = False


def dialect_of(start: str, declared: str | None, header_row: int) -> Dialect:
    """Return the dialect of a file that begins with this text; a text of one column is taken as divided by commas.

    Raises:
        FileRefused: the file is divided otherwise than the mapping says, or by columns of blanks.
    """
    lines = start.lstrip("\ufeff").splitlines()
    if lines and (stated := _SEP.fullmatch(lines[0])):
        if declared not in (None, stated[1]):
            raise FileRefused("other_delimiter", declared=_named(declared or ""), seems=_named(stated[1]))
        return Dialect(stated[1], stated=True)
    found = {delimiter: _columns(lines, delimiter, header_row) for delimiter in DELIMITERS}
    likely = max(found, key=lambda delimiter: found[delimiter])
    if declared is not None:
        if found[declared] <= 1 < found[likely]:
            raise FileRefused("other_delimiter", declared=_named(declared), seems=_named(likely))
        return Dialect(declared)
    if found[likely] <= 1 and any(_ALIGNED.fullmatch(line.strip()) for line in lines[header_row - 1 : header_row]):
        raise FileRefused("aligned")
    return Dialect(likely if found[likely] > 1 else ",")


def _columns(lines: list[str], delimiter: str, header_row: int) -> float:
    """Return the number of columns that the header has with a delimiter, less where the rows below have another number."""
    try:
        rows = list(csv.reader((f"{line}\n" for line in lines[: header_row + _ROWS]), delimiter=delimiter))
    except csv.Error:
        return 0.0
    header, *below = rows[header_row - 1 :] or [[]]
    full = [row for row in below[: _ROWS - 1] if row]
    width = len(header)
    if width < 2 or not full:
        return float(width)
    return 1 + (width - 1) * (1 + sum(len(row) == width for row in full)) / (1 + len(full))


def _named(delimiter: str) -> str:
    return "tab" if delimiter == "\t" else delimiter
