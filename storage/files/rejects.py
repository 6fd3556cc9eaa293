"""The rejects file: every refused cell with its reason and its row, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path

from storage.files.defusing import defused
from storage.files.mapping import Mapping
from storage.files.refusals import Accepted, FileRefused
from storage.files.stage import opened
from storage.files.staging import StagedFile
from storage.files.table import REJECT_COLUMNS, Table


def write_rejects(staged: StagedFile, path: Path, mapping: Mapping | None, words: Callable[[Accepted], str]) -> None:
    """Write one line a refused cell: row, column, value, what would be accepted, then the row as it stood.

    Raises:
        FileRefused: the rejects would overwrite the file itself, or cannot be written.
    """
    if path.exists() and path.samefile(staged.path):
        raise FileRefused("rejects_are_the_file", file=str(path))
    try:
        with path.open("w", encoding="utf-8", newline="") as stream, opened(staged.kind.name, staged.path, mapping) as table:
            # a rejects file that was refused again keeps its rows, not its old reasons
            kept = [place for place, name in enumerate(table.header) if name not in REJECT_COLUMNS]
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow([*REJECT_COLUMNS, *(defused(table.header[place]) for place in kept)])
            for line in _lines(staged, table, kept, words):
                writer.writerow([defused(cell) for cell in line])
    except OSError as error:
        raise FileRefused("rejects_unwritable", file=str(path), problem=error.strerror or str(error)) from None


def _lines(staged: StagedFile, table: Table, kept: list[int], words: Callable[[Accepted], str]) -> Iterator[list[str]]:
    rows = table.rows()
    for number, refusals in groupby(staged.refusals(), key=lambda refusal: refusal.row):
        cells = list(next((cells for row, cells in rows if row == number), ()))
        # a ragged row has cells without a column, or columns without a cell: it is shown as far as it goes
        whole = [cells[place] for place in kept if place < len(cells)] + cells[len(table.header) :]
        for refusal in refusals:
            yield [str(number), refusal.column, refusal.value, words(refusal.accepted), *whole]
