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


def numbers(names: str | None, values: bytes | None) -> dict[str, int]:
    """Return versions of facts by kind, where present."""
    found = np.frombuffer(values or b"", dtype="<i8").tolist()
    return {name: value for name, value in zip(_split(names), found, strict=True) if value}


def _split(names: str | None) -> list[str]:
    return names.split("\n") if names else []
