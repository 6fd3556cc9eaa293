"""Figures of one customer packed into one value, with their names stored once beside many of them.

A value holds eight bytes, little-endian, for each figure in the order of the names. Most customers have few of them, so that today's
values begin with a bit for each figure and hold only those that are there; the names of such values begin with :data:`SPARSE`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

# the first of the names, where values hold only the figures that are there
SPARSE = "?"


def names(of: Iterable[str]) -> str:
    """Return the names beside the values that :func:`pack` makes."""
    return "\n".join((SPARSE, *of))


def pack(columns: Sequence[NDArray[Any]], kind: type[np.generic]) -> list[bytes]:
    """Return the columns' values of each row as one value; a NaN and the number 0 are not there."""
    rows = np.ascontiguousarray(np.stack(columns, axis=1), dtype=np.dtype(kind).newbyteorder("<"))
    there = ~np.isnan(rows) if rows.dtype.kind == "f" else rows != 0
    bits = np.packbits(there, axis=1, bitorder="little")
    ends = np.cumsum(there.sum(axis=1)) * rows.itemsize
    starts = np.append(0, ends)[:-1]
    heads, width, whole = bits.tobytes(), bits.shape[1], rows[there].tobytes()
    spans = zip(range(0, len(heads), width), starts.tolist(), ends.tolist(), strict=True)
    return [heads[head : head + width] + whole[start:end] for head, start, end in spans]


def figures(names: str | None, values: bytes | None) -> dict[str, float | None]:
    """Return figures by name, None if not computable."""
    known = _split(names)
    found = _row(names, values, len(known), "<f8", np.nan).tolist()
    return {name: None if value != value else value for name, value in zip(known, found, strict=True)}


def column(names: NDArray[Any], values: NDArray[Any], name: str) -> NDArray[np.float64]:
    """One figure of many rows, NaN where a row does not have it.

    Args:
        names, values: of each row, as they are stored.
    """
    found = np.full(len(names), np.nan)
    for spelled in set(names.tolist()) - {None}:
        known = _split(spelled)
        if name in known:
            rows = np.flatnonzero(names == spelled)
            found[rows] = _column(spelled, values[rows].tolist(), len(known), known.index(name))
    return found


def numbers(names: str | None, values: bytes | None) -> dict[str, int]:
    """Return versions of facts by kind, where present."""
    known = _split(names)
    return {name: value for name, value in zip(known, _row(names, values, len(known), "<i8", 0).tolist(), strict=True) if value}


def _split(names: str | None) -> list[str]:
    found = names.split("\n") if names else []
    return found[1:] if found[:1] == [SPARSE] else found


def _is_sparse(names: str | None) -> bool:
    return names is not None and names.partition("\n")[0] == SPARSE


def _row(names: str | None, values: bytes | None, count: int, kind: str, missing: float) -> NDArray[Any]:
    if not _is_sparse(names):
        return np.frombuffer(values or b"", dtype=kind)
    assert values is not None, "a row has values where its run has names"
    width = (count + 7) // 8
    there = np.unpackbits(np.frombuffer(values, np.uint8, width), bitorder="little", count=count).astype(bool)
    found = np.full(count, missing, dtype=kind)
    found[there] = np.frombuffer(values, dtype=kind, offset=width)
    return found


def _column(names: str, values: list[bytes], count: int, place: int) -> NDArray[np.float64]:
    """Return one figure of rows with equal names."""
    if not _is_sparse(names):
        return np.frombuffer(b"".join(values), dtype="<f8").reshape(-1, count)[:, place]
    width = (count + 7) // 8
    bits = np.frombuffer(b"".join(value[:width] for value in values), np.uint8).reshape(-1, width)
    there = np.unpackbits(bits, axis=1, bitorder="little", count=count).astype(bool)
    ends = np.cumsum(there.sum(axis=1))
    whole = np.frombuffer(b"".join(value[width:] for value in values), dtype="<f8")
    # the figure stands after those before it that are there
    at = np.append(0, ends)[:-1] + there[:, :place].sum(axis=1)
    found = np.full(len(values), np.nan)
    found[there[:, place]] = whole[at[there[:, place]]]
    return found
