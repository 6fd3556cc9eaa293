"""Discrepancies between the register and the trail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from storage.row_digests.cells import Cell


class Difference(StrEnum):
    """The kind of difference between a row and the trail."""

    CHANGED = "changed"  # the row exists, with another value
    UNKNOWN = "unknown"  # the row exists, but not in the trail
    GONE = "gone"  # the row is in the trail, but does not exist


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One row, or a stretch of rows of one load, that differs from the trail.

    Attributes:
        key: the row's key, as 17 or 3/1; for a stretch its first and last number, as 400–480.
        column: None for the whole row, or if the trail has only a digest of it.
        row, trail: the values in the row and in the trail.
        load: the import or score run that wrote the row, as "import 12".
        event: the event that states it.
    """

    table: str
    key: str
    difference: Difference
    column: str | None = None
    row: Cell = None
    trail: Cell = None
    load: str | None = None
    event: int | None = None


@dataclass(slots=True)
class Tally:
    """The number of rows compared, and the rows that could not be.

    Attributes:
        looked: called after every portion of rows that was read.
        before: the number of rows last written before events stated rows.
        erased: the number of rows stated by events whose payload has been erased.
        rows, groups: the uncovered rows and loads by table and key: a digest of the row, or the digests of the load.
    """

    looked: Callable[[int], object] = bool
    compared: int = 0
    before: int = 0
    erased: int = 0
    rows: dict[str, dict[str, str]] = field(default_factory=dict)
    groups: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reconciled:
    """The result of a reconciliation: the number of discrepancies, and the first of them."""

    count: int = 0
    first: Sequence[Discrepancy] = ()
    tally: Tally = field(default_factory=Tally)
