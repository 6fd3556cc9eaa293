"""Checks of a Parquet file before it is read: the claims of its footer, and the unpacked size of its pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from storage.data.files.formats.limits import check_shape
from storage.data.files.formats.parquet.pages import BadPage, pages
from storage.data.files.refusals import FileRefused

# larger than the names and statistics of a thousand columns in a thousand groups
LARGEST_FOOTER = 32 << 20
# writers create groups of a hundred thousand rows or more
MOST_GROUPS = 10_000
# writers create pages of one megabyte; each is unpacked in memory as a whole
LARGEST_PAGE = 64 << 20
MOST_PAGES = 1_000_000
# twice the largest file as text
MOST_UNPACKED = 8 << 30
# real rows take space: even a thousand sorted rows of one value take some hundred bytes, a bomb none
_ROWS_A_BYTE, _FEW_ROWS = 10, 1_000_000
_TAIL, _MAGIC = 8, b"PAR1"


def check_footer(path: Path) -> None:
    """Refuse a footer larger than any table's, before reading it.

    Raises:
        FileRefused: the footer is too large or missing.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        stream.seek(max(size - _TAIL, 0))
        tail = stream.read(_TAIL)
    if len(tail) < _TAIL or tail[4:] != _MAGIC:
        raise FileRefused("not_parquet", problem="it has no end")
    if (length := int.from_bytes(tail[:4], "little")) > min(LARGEST_FOOTER, size):
        raise FileRefused("large_footer", megabytes=length >> 20, limit=LARGEST_FOOTER >> 20)


def check_promises(path: Path, metadata: Any) -> set[str]:
    """Refuse excessive sizes by the footer, then by the pages themselves; return the columns with a dictionary.

    Raises:
        FileRefused: there are too many rows, groups, columns or bytes, or the pages are not those of the footer.
    """
    rows, size = metadata.num_rows, path.stat().st_size
    check_shape(rows, metadata.num_columns)
    if metadata.num_row_groups > MOST_GROUPS:
        raise FileRefused("too_many_groups", groups=f"{metadata.num_row_groups:,}", limit=f"{MOST_GROUPS:,}")
    if rows > max(_FEW_ROWS, size * _ROWS_A_BYTE):
        raise FileRefused("rows_of_nothing", rows=f"{rows:,}", kilobytes=size >> 10)
    return _Pages(path, metadata).check()


class _Pages:
    """The pages of a file, counted."""

    def __init__(self, path: Path, metadata: Any) -> None:
        self._path, self._metadata = path, metadata
        self._count, self._unpacked, self._dictionaries = 0, 0, set[str]()

    def check(self) -> set[str]:
        groups = [self._metadata.row_group(place) for place in range(self._metadata.num_row_groups)]
        if sum(group.num_rows for group in groups) != self._metadata.num_rows:
            raise FileRefused("not_parquet", problem="its groups have other rows than its footer says")
        with self._path.open("rb") as stream:
            try:
                for group in groups:
                    for place in range(group.num_columns):
                        self._chunk(stream, group.column(place), group.num_rows)
            except BadPage as error:
                raise FileRefused("not_parquet", problem=str(error)) from None
        return self._dictionaries

    def _chunk(self, stream: Any, chunk: Any, rows: int) -> None:
        starts = [chunk.data_page_offset, chunk.dictionary_page_offset]
        start = min(offset for offset in starts if offset)
        values = 0
        for page in pages(stream, start, start + chunk.total_compressed_size):
            self._count, self._unpacked, values = self._count + 1, self._unpacked + page.unpacked, values + page.values
            if page.dictionary:
                self._dictionaries.add(chunk.path_in_schema)
            if page.unpacked > LARGEST_PAGE:
                raise FileRefused("large_page", column=chunk.path_in_schema, megabytes=page.unpacked >> 20, limit=LARGEST_PAGE >> 20)
            if self._count > MOST_PAGES:
                raise FileRefused("too_many_pages", limit=f"{MOST_PAGES:,}")
            if self._unpacked > MOST_UNPACKED:
                raise FileRefused("unpacked_too_large", limit=MOST_UNPACKED >> 20)
        if values != rows:
            raise FileRefused("not_parquet", problem=f"the column {chunk.path_in_schema} has other rows than its group")
