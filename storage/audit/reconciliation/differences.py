"""What a comparison of the register with the trail finds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from storage.row_digests.cells import Cell


class Difference(StrEnum):
    """In what a row and the trail differ."""

    CHANGED = "changed"  # the row is there, and says something else
    UNKNOWN = "unknown"  # the row is there, and the trail knows nothing of it
    GONE = "gone"  # the trail knows of it, and it is not there


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One row, or a stretch of rows of one load, that is not as the trail says.

    Attributes:
        key: the row's key, as 17 or 3/1; of a stretch the first and the last number, as 400–480.
        column: None where the whole row is meant, or where the trail has no more than a digest of it.
        row, trail: what the row says, and what the trail says.
        load: the import or the score run whose row it is, as "import 12".
        event: the event that says so.
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
    """How many rows were compared, and which could not be.

    Attributes:
        looked: is told of every portion of rows that was read.
        before: how many were last written before events stated rows.
        erased: how many were stated by events whose payload has been erased.
        rows, groups: what was not covered, by table and key: a digest of the row, or what stands of the load.
    """

    looked: Callable[[int], object] = bool
    compared: int = 0
    before: int = 0
    erased: int = 0
    rows: dict[str, dict[str, str]] = field(default_factory=dict)
    groups: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reconciled:
    """The outcome of a comparison: how many discrepancies, and the first of them."""

    count: int = 0
    first: Sequence[Discrepancy] = ()
    tally: Tally = field(default_factory=Tally)
