"""Figures of one customer packed into one value: eight bytes each, little-endian, with their names stored beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def pack(columns: Sequence[NDArray[Any]], kind: type[np.generic]) -> list[bytes]:
    """Return the columns' values of each row, concatenated."""
    rows = np.ascontiguousarray(np.stack(columns, axis=1), dtype=np.dtype(kind).newbyteorder("<"))
    width = rows.shape[1] * rows.itemsize
    whole = rows.tobytes()
    return [whole[start : start + width] for start in range(0, len(whole), width)]


def figures(names: str | None, values: bytes | None) -> dict[str, float | None]:
    """Return figures by name, None if not computable."""
    found = np.frombuffer(values or b"", dtype="<f8").tolist()
    return {name: None if value != value else value for name, value in zip(_split(names), found, strict=True)}


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
            width = len(known)
            found[rows] = np.frombuffer(b"".join(values[rows]), dtype="<f8").reshape(-1, width)[:, known.index(name)]
    return found


def numbers(names: str | None, values: bytes | None) -> dict[str, int]:
    """Return versions of facts by kind, where present."""
    found = np.frombuffer(values or b"", dtype="<i8").tolist()
    return {name: value for name, value in zip(_split(names), found, strict=True) if value}


def _split(names: str | None) -> list[str]:
    return names.split("\n") if names else []
