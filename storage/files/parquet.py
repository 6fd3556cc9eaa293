"""Read a Parquet file batch by batch: each column's type becomes the text of our cells without loss."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from storage.files.refusals import FileRefused
from storage.files.table import Notation, Progress, Table, named

_BROKEN = (pa.ArrowException, OSError, ValueError, OverflowError)
_BATCH = 10_000
# a page of one repeated value is a few bytes, whatever the count
_MOST_ROWS = 50_000_000


class ParquetTable(Table):
    """An open Parquet file. Its rows are numbered as if a header stood above them.

    Raises:
        FileRefused: not Parquet, a column that is no column of figures or text, or a header that is not one.
    """

    binary = True

    def __init__(self, path: Path, notation: Notation, progress: Progress | None) -> None:
        self._path, self._notation, self._progress = path, notation, progress
        try:
            self._file = parquet.ParquetFile(path)
            schema = self._file.schema_arrow
        except _BROKEN as error:
            raise FileRefused("not_parquet", problem=str(error)) from None
        try:
            self._texts = [self._text_of(field) for field in schema]
            self.header = named(schema.names or None)
            if (rows := self._file.metadata.num_rows) > _MOST_ROWS:
                raise FileRefused("too_many_rows", rows=rows, limit=_MOST_ROWS)
        except BaseException:
            self._file.close()
            raise

    @property
    def sha256(self) -> str:
        with self._path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    def close(self) -> None:
        self._file.close()

    def rows(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        number, share = 1, self._path.stat().st_size / max(self._file.metadata.num_rows, 1)
        try:
            for batch in self._file.iter_batches(_BATCH):
                columns = [list(map(text, column.to_pylist())) for text, column in zip(self._texts, batch.columns, strict=True)]
                for cells in zip(*columns, strict=True):
                    number += 1
                    if any(cells):
                        yield number, cells
                if self._progress is not None:
                    self._progress(round(share * batch.num_rows))
        except _BROKEN as error:
            raise FileRefused("not_parquet", problem=str(error)) from None

    def _text_of(self, field: pa.Field) -> Callable[[Any], str]:
        """How a column's values become text; None is an empty cell."""
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
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
            # the shortest text of a short float is not that of the long one it becomes
            (lambda kind: pa.types.is_float16(kind) or pa.types.is_float32(kind), lambda value: self._notation.number(_short(value))),
            (pa.types.is_floating, lambda value: self._notation.number(value)),
            (pa.types.is_decimal, lambda value: f"{value:f}".replace(".", point)),
            (pa.types.is_date, self._notation.day),
            (pa.types.is_timestamp, self._notation.day),
            (pa.types.is_null, str),
        ]


def _short(value: float) -> float:
    return float(str(np.float32(value)))
