"""Limits of files, with reasons: excess is refused before reading, or as soon as it shows.

The largest expected books have a million customers and some million observations a day, in files of some hundred
megabytes.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from storage.data.files.refusals import FileRefused

# fifteen minutes of validation and loading on a small machine; a larger history comes in several files, for example by year
MOST_ROWS = 10_000_000
# statements, the widest kind, have thirty; a melted file has one column per indicator
MOST_COLUMNS = 1_000
# both together: twenty columns of the largest table
MOST_CELLS = 200_000_000
# the largest table as text
MOST_BYTES = 4 << 30
# accepted texts have a thousand characters at most; a spreadsheet's cell holds 32,767
LONGEST_CELL = 100_000
# disk space that stays free for the database and others while a file is staged
RESERVE = 256 << 20
# a staged row, its place in an index, and each of its cells
_ROW, _CELL = 40, 12


def check_size(path: Path) -> None:
    """Refuse a file that is too large for a table.

    Raises:
        FileRefused: the file is too large.
    """
    if (size := path.stat().st_size) > MOST_BYTES:
        raise FileRefused("file_too_large", megabytes=size >> 20, limit=MOST_BYTES >> 20)


def check_shape(rows: int, columns: int) -> None:
    """Refuse a table of too many rows, columns or cells.

    Raises:
        FileRefused: there are too many.
    """
    if columns > MOST_COLUMNS:
        raise FileRefused("too_many_columns", columns=columns, limit=MOST_COLUMNS)
    if rows > MOST_ROWS:
        raise FileRefused("too_many_rows", rows=f"{rows:,}", limit=f"{MOST_ROWS:,}")
    if rows * columns > MOST_CELLS:
        raise FileRefused("too_many_cells", cells=f"{rows * columns:,}", limit=f"{MOST_CELLS:,}")


def check_space(folder: Path, *, rows: int = 0, columns: int = 0) -> None:
    """Refuse staging if the disk has too little space, now or while it goes on.

    Raises:
        FileRefused: there is not enough space.
    """
    needed, free = rows * (_ROW + _CELL * columns) + RESERVE, shutil.disk_usage(folder).free
    if free < needed:
        raise FileRefused("no_space", folder=str(folder), free=free >> 20, needed=needed >> 20)
