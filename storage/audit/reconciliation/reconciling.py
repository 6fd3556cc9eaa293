"""Reconciliation of the whole register: rows behind authorities and figures must match the last event about them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import select

from storage import events
from storage.audit.reconciliation import reconciling_loads, reconciling_looks, reconciling_rows, said
from storage.audit.reconciliation.differences import Discrepancy, Reconciled, Tally
from storage.audit.rows import broken_text
from storage.database import Tx
from storage.row_digests.covered import GROUPS, ROWS, RegisterRecorded
from storage.row_digests.stating import CARRIED
from storage.schema import TrailRow

# the number of discrepancies kept
FIRST = 1_000


def discrepancies(tx: Tx, tally: Tally | None = None) -> Iterator[Discrepancy]:
    """Yield every row that differs from the trail; the trail itself must have been verified before."""
    with broken_text(tx):
        yield from _discrepancies(tx, tally or Tally())


def _discrepancies(tx: Tx, tally: Tally) -> Iterator[Discrepancy]:
    known = said.read(tx, tally.looked)
    for rows in ROWS.values():
        yield from reconciling_rows.differences(tx, rows, known, tally)
    for groups in GROUPS.values():
        yield from reconciling_loads.differences(tx, groups, known, tally)
    yield from reconciling_loads.customers(tx)
    yield from reconciling_looks.differences(tx, tally)


def reconcile(tx: Tx, looked: Callable[[int], object] = bool) -> Reconciled:
    """Compare everything in one transaction, and keep the first thousand discrepancies."""
    tally = Tally(looked)
    found = discrepancies(tx, tally)
    first = list(islice(found, FIRST))
    return Reconciled(len(first) + sum(1 for _each in found), first, tally)


@dataclass(frozen=True, slots=True)
class Uncovered:
    """Rows from before events stated rows.

    Attributes:
        states: their statements for an event; each is dated to the last event of that time, so that later statements win.
    """

    count: int
    states: dict[str, Any]


def uncovered(tx: Tx, looked: Callable[[int], object] = bool) -> Uncovered | None:
    """Return the rows not yet covered; None if there are none. It compares everything, so use a read-only transaction.

    Rows that contradict the trail are omitted and stay discrepancies.
    """
    tally = Tally(looked)
    for _each in discrepancies(tx, tally):
        pass
    if not tally.before:
        return None
    last = said.bound(tx)
    rows = {table: {key: [last, digest] for key, digest in each.items()} for table, each in tally.rows.items()}
    groups = {table: {number: [last, group] for number, group in each.items()} for table, each in tally.groups.items()}
    return Uncovered(tally.before + tally.erased, {CARRIED: {"rows": rows, "groups": groups}})


def cover(tx: Tx, found: Uncovered, *, at: datetime) -> bool:
    """State, once per database, the rows from before events stated rows; return True if it was done now."""
    # one of several processes goes first, and the others then see its statement
    tx.connection.execute(select(TrailRow.id).with_for_update())
    if said.baseline(tx) is not None:
        return False
    events.record(tx, RegisterRecorded(subject=said.REGISTER, actor="bot", at=at, baseline=True, states=found.states))
    return True
