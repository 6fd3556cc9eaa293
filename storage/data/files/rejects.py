"""The rejects file: every refused cell with its reason and row, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path

from storage import private
from storage.data.files.formats.defusing import defused
from storage.data.files.formats.table import MARK, REJECT_COLUMNS, REJECTS, Table
from storage.data.files.mapping.mapping import Mapping
from storage.data.files.refusals import Accepted, FileRefused
from storage.data.files.stage import opened
from storage.data.files.staging import StagedFile
from storage.private import CannotWrite


def write_rejects(staged: StagedFile, path: Path, mapping: Mapping | None, words: Callable[[Accepted], str]) -> None:
    """Write one line per refused cell: row, column, value, accepted values, then the original row.

    Raises:
        FileRefused: the rejects would overwrite the imported file or a file that is no rejects file, or cannot be written.
    """
    if path.exists() and path.samefile(staged.path):
        raise FileRefused("rejects_are_the_file", file=str(path))
    try:
        with private.whole_file(path, may_replace=is_rejects) as out, opened(staged.kind.name, staged.path, mapping) as table:
            table.identifiers = staged.plan.identifiers
            stream = io.TextIOWrapper(out, "utf-8", newline="")
            # a rejects file refused again keeps its rows, but not its old reasons
            kept = [place for place, name in enumerate(table.header) if name not in REJECT_COLUMNS]
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow([*REJECT_COLUMNS, *(defused(table.header[place]) for place in kept)])
            for line in _lines(staged, table, kept, words):
                writer.writerow([defused(cell) for cell in line])
            # keep the underlying file open
            stream.detach()
    except CannotWrite as error:
        why = "not_ours" if error.why == "exists" else error.why
        raise FileRefused(f"rejects_{why}", file=str(path), **({"problem": error.problem} if error.problem else {})) from None
    except OSError as error:
        raise FileRefused("rejects_unwritable", file=str(path), problem=error.strerror or str(error)) from None


def reject_rows(staged: StagedFile, mapping: Mapping | None, words: Callable[[Accepted], str]) -> tuple[list[str], list[list[str]]]:
    """Return the headings and lines of the rejects, for a spreadsheet."""
    with opened(staged.kind.name, staged.path, mapping) as table:
        table.identifiers = staged.plan.identifiers
        kept = [place for place, name in enumerate(table.header) if name not in REJECT_COLUMNS]
        return [*REJECT_COLUMNS, *(table.header[place] for place in kept)], list(_lines(staged, table, kept, words))


def is_rejects(path: Path) -> bool:
    """Return True if a file is a rejects file, by its first columns."""
    try:
        with path.open("rb") as stream:
            return stream.read(len(MARK + REJECTS)).removeprefix(MARK).startswith(REJECTS)
    except OSError:
        return False


def _lines(staged: StagedFile, table: Table, kept: list[int], words: Callable[[Accepted], str]) -> Iterator[list[str]]:
    rows = table.rows()
    for number, refusals in groupby(staged.refusals(), key=lambda refusal: refusal.row):
        cells = list(next((cells for row, cells in rows if row == number), ()))
        # a ragged row has cells without a column, or columns without a cell: show the cells that it has
        whole = [cells[place] for place in kept if place < len(cells)] + cells[len(table.header) :]
        for refusal in refusals:
            yield [str(number), refusal.column, refusal.value, words(refusal.accepted), *whole]
