"""Exports of facts as CSV, XLSX or Parquet, which an import reads back exactly."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import IO, Any

from storage.data.files.formats.defusing import defused
from storage.data.files.formats.xlsx.xlsx_writing import write_xlsx

Rows = Iterable[Sequence[tuple[Any, ...]]]
Writer = Callable[[IO[bytes], Sequence[str], Sequence[type], Rows, str | None], None]

# the rows of a sheet, one of which is the header
SHEET_ROWS = 1_048_575


def write_csv(out: IO[bytes], names: Sequence[str], _types: Sequence[type], chunks: Rows, _stamp: str | None = None) -> None:
    """Write UTF-8 with a byte order mark for spreadsheets; text that looks like a formula gets an apostrophe."""
    stream = io.TextIOWrapper(out, "utf-8-sig", newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(names)
    for rows in chunks:
        writer.writerows([_cell(value) for value in row] for row in rows)
    # keep the underlying file open
    stream.detach()


def write_sheet(out: IO[bytes], names: Sequence[str], _types: Sequence[type], chunks: Rows, stamp: str | None = None) -> None:
    """Write typed dates and figures, except figures that a spreadsheet would round, which become text."""
    write_xlsx(out, names, _sheet_rows(chunks), stamp=stamp)


def write_parquet(out: IO[bytes], names: Sequence[str], types: Sequence[type], chunks: Rows, stamp: str | None = None) -> None:
    """Write exact types: amounts as decimals, dates as days, and the stamp in the file's metadata."""
    import pyarrow as pa
    from pyarrow import parquet

    kinds = {str: pa.string(), Decimal: pa.decimal128(19, 4), date: pa.date32(), float: pa.float64(), int: pa.int64(), bool: pa.bool_()}
    stamped = None if stamp is None else {"stamp": stamp}
    schema = pa.schema([(name, kinds[type]) for name, type in zip(names, types, strict=True)], metadata=stamped)
    with parquet.ParquetWriter(out, schema) as writer:
        for rows in chunks:
            columns = [pa.array(column, field.type) for column, field in zip(zip(*rows, strict=True), schema, strict=True)]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))


WRITERS: dict[str, Writer] = {".csv": write_csv, ".xlsx": write_sheet, ".parquet": write_parquet}


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return defused(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return _figure(value)
    return repr(value) if isinstance(value, float) else str(value)


def _sheet_rows(chunks: Rows) -> Iterator[list[object]]:
    for rows in chunks:
        for row in rows:
            yield [_kept(value) if isinstance(value, float | Decimal) else value for value in row]


def _kept(value: float | Decimal) -> object:
    """Return a figure, or its text if a spreadsheet's sixteen digits would change it."""
    back = float(f"{value:.16g}")
    if isinstance(value, float):
        return value if back == value else repr(value)
    return value if Decimal(repr(back)) == value else _figure(value)


def _figure(value: Decimal) -> str:
    return f"{value.normalize():f}"
