"""How much a file may hold, and why: more is refused before it is read, or as soon as it shows.

The largest books that we load have a million customers and some million observations a day, in files of some hundred megabytes.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from storage.data.files.refusals import FileRefused

# a quarter of an hour of validating and loading, on a small machine; a larger history comes in several files, by year for example
MOST_ROWS = 10_000_000
# statements, the widest kind, have thirty; a file that is melted has a column an indicator
MOST_COLUMNS = 1_000
# both at once: twenty columns of the largest table
MOST_CELLS = 200_000_000
# the largest table as text
MOST_BYTES = 4 << 30
# texts of ours have a thousand letters at most; a spreadsheet's cell holds 32,767
LONGEST_CELL = 100_000
# what stays free for the database and everybody else when a file is staged
RESERVE = 256 << 20
# a staged row, its place in an index, and each of its cells
_ROW, _CELL = 40, 12


def check_size(path: Path) -> None:
    """Refuse a file that is too large to be a table of ours.

    Raises:
        FileRefused: it is.
    """
    if (size := path.stat().st_size) > MOST_BYTES:
        raise FileRefused("file_too_large", megabytes=size >> 20, limit=MOST_BYTES >> 20)


def check_shape(rows: int, columns: int) -> None:
    """Refuse a table of too many rows, columns or cells.

    Raises:
        FileRefused: it has.
    """
    if columns > MOST_COLUMNS:
        raise FileRefused("too_many_columns", columns=columns, limit=MOST_COLUMNS)
    if rows > MOST_ROWS:
        raise FileRefused("too_many_rows", rows=f"{rows:,}", limit=f"{MOST_ROWS:,}")
    if rows * columns > MOST_CELLS:
        raise FileRefused("too_many_cells", cells=f"{rows * columns:,}", limit=f"{MOST_CELLS:,}")


def check_space(folder: Path, *, rows: int = 0, columns: int = 0) -> None:
    """Refuse to stage what the disk has no room for, or to go on where little is left.

    Raises:
        FileRefused: there is not enough.
    """
    needed, free = rows * (_ROW + _CELL * columns) + RESERVE, shutil.disk_usage(folder).free
    if free < needed:
        raise FileRefused("no_space", folder=str(folder), free=free >> 20, needed=needed >> 20)
