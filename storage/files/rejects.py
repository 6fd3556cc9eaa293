"""The rejects file: every refused cell with its reason and its row, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path

from storage.files.mapping import FileFormat
from storage.files.reader import Table
from storage.files.refusals import Accepted, FileRefused
from storage.files.staging import StagedFile

# prefixed, so that a corrected rejects file of observations, which have a column "value", can be imported again
COLUMNS = ("refused_row", "refused_column", "refused_value", "accepted")

_SKIPPED = "\ufeff\u200b\u200c\u200d\u2060"
_DANGEROUS = tuple("=+-@|%\t\r\n")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)*(?:[eE][+-]?[0-9]+)?")


def defused(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe goes before one that looks like it; numbers stay."""
    if _PLAIN_NUMBER.fullmatch(cell):
        return cell
    # full-width signs and invisible characters in front do not stop a spreadsheet
    seen = unicodedata.normalize("NFKC", cell).lstrip(_SKIPPED + " ")
    return f"'{cell}" if cell.startswith(_DANGEROUS) or seen.startswith(_DANGEROUS) else cell


def write_rejects(staged: StagedFile, path: Path, format: FileFormat, words: Callable[[Accepted], str]) -> None:
    """Write one line a refused cell: row, column, value, what would be accepted, then the row as it stood.

    Raises:
        FileRefused: the rejects would overwrite the file itself, or cannot be written.
    """
    if path.exists() and path.samefile(staged.path):
        raise FileRefused("rejects_are_the_file", file=str(path))
    try:
        with path.open("w", encoding="utf-8", newline="") as stream, Table(staged.path, format) as table:
            # a rejects file that was refused again keeps its rows, not its old reasons
            kept = [place for place, name in enumerate(table.header) if name not in COLUMNS]
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow([*COLUMNS, *(defused(table.header[place]) for place in kept)])
            for line in _lines(staged, table, kept, words):
                writer.writerow([defused(cell) for cell in line])
    except OSError as error:
        raise FileRefused("rejects_unwritable", file=str(path), problem=error.strerror or str(error)) from None


def _lines(staged: StagedFile, table: Table, kept: list[int], words: Callable[[Accepted], str]) -> Iterator[list[str]]:
    rows = table.rows()
    for number, refusals in groupby(staged.refusals(), key=lambda refusal: refusal.row):
        cells = next((cells for row, cells in rows if row == number), [])
        # a ragged row has cells without a column, or columns without a cell: it is shown as far as it goes
        whole = [cells[place] for place in kept if place < len(cells)] + cells[len(table.header) :]
        for refusal in refusals:
            yield [str(number), refusal.column, refusal.value, words(refusal.accepted), *whole]
