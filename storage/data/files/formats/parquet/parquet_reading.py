"""Parquet files, read in batches: each column's type is converted to cell text without loss."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import compute, parquet

from storage.data.files.formats.limits import LONGEST_CELL, check_shape
from storage.data.files.formats.parquet.footer import MOST_GROUPS, check_footer, check_promises
from storage.data.files.formats.table import Notation, Progress, Table, named
from storage.data.files.refusals import FileRefused

_BROKEN = (pa.ArrowException, OSError, ValueError, OverflowError)
_BATCH = 10_000
# the longest list accepted in a footer, that of its groups; the library builds each in memory
_LONGEST_LIST = MOST_GROUPS + 1


class ParquetTable(Table):
    """An open Parquet file. Its rows are numbered as if a header row preceded them.

    Raises:
        FileRefused: not Parquet, a column without figures or text, or an invalid header.
    """

    format = "Parquet"
    binary = True

    def __init__(self, path: Path, notation: Notation, progress: Progress | None) -> None:
        self._path, self._notation, self._progress = path, notation, progress
        check_footer(path)
        try:
            with parquet.ParquetFile(path, thrift_container_size_limit=_LONGEST_LIST) as file:
                metadata, schema = file.metadata, file.schema_arrow
        except _BROKEN as error:
            raise FileRefused("not_parquet", problem=_first_line(error)) from None
        check_shape(0, metadata.num_columns)
        self._texts = [self._text_of(field) for field in schema]
        self.header = named(schema.names or None)
        self._text_places = frozenset(place for place, field in enumerate(schema) if _is_text(_plain_type(field.type)))
        dictionaries = check_promises(path, metadata)
        # texts in a dictionary are not unpacked for every row
        texts = [field.name for field in schema if field.name in dictionaries and _is_text(field.type)]
        self._file = parquet.ParquetFile(path, metadata=metadata, read_dictionary=texts)
        self.promised = int(metadata.num_rows)

    @property
    def sha256(self) -> str:
        with self._path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    def close(self) -> None:
        self._file.close()

    def is_text(self, place: int) -> bool:
        return place in self._text_places

    def rows(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        number, share = 1, self._path.stat().st_size / max(self._file.metadata.num_rows, 1)
        try:
            for batch in self._file.iter_batches(_BATCH):
                columns = [_cells(name, text, column) for name, text, column in zip(self.header, self._texts, batch.columns, strict=True)]
                for cells in zip(*columns, strict=True):
                    number += 1
                    if any(cells):
                        yield number, cells
                if self._progress is not None:
                    self._progress(round(share * batch.num_rows))
        except _BROKEN as error:
            raise FileRefused("not_parquet", problem=_first_line(error)) from None

    def _text_of(self, field: pa.Field) -> Callable[[Any], str]:
        """Return the conversion of a column's values to text; None becomes an empty cell."""
        kind = _plain_type(field.type)
        if _is_text(kind):
            return lambda value: value or ""
        if (text := next((text for fits, text in self._types if fits(kind)), None)) is None:
            raise FileRefused("column_type", column=field.name, type=str(field.type))
        return lambda value: "" if value is None else text(value)

    @property
    def _types(self) -> list[tuple[Callable[[Any], bool], Callable[[Any], str]]]:
        point = self._notation.decimal
        return [
            (pa.types.is_boolean, lambda value: "true" if value else "false"),
            (pa.types.is_integer, str),
            # the shortest text of a 32-bit float differs from that of its 64-bit value
            (lambda kind: pa.types.is_float16(kind) or pa.types.is_float32(kind), lambda value: self._notation.number(_short(value))),
            (pa.types.is_floating, lambda value: self._notation.number(value)),
            (pa.types.is_decimal, lambda value: f"{value:f}".replace(".", point)),
            (pa.types.is_date, self._notation.day),
            (pa.types.is_timestamp, self._notation.day),
            (pa.types.is_null, str),
        ]


def _cells(name: str, text: Callable[[Any], str], column: pa.Array) -> list[str]:
    """Return a column of a batch as texts.

    Raises:
        FileRefused: one of them exceeds the limit on texts.
    """
    values = column.dictionary if isinstance(column, pa.DictionaryArray) else column
    if _is_text(values.type) and (longest := compute.max(compute.binary_length(values)).as_py() or 0) > LONGEST_CELL:
        raise FileRefused("long_cell", column=name, characters=f"{longest:,}", limit=f"{LONGEST_CELL:,}")
    if values is column:
        return list(map(text, column.to_pylist()))
    # convert each distinct text once
    known = [text(value) for value in values.to_pylist()]
    return [text(None) if place is None else known[place] for place in column.indices.to_pylist()]


def _plain_type(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


def _short(value: float) -> float:
    return float(str(np.float32(value)))
