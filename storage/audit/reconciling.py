"""Compare the register with the trail: every row that authority or a figure rests on is as the last event about it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice

from risk_engine.events import Event
from storage import events
from storage.audit import reconciling_loads, reconciling_looks, reconciling_rows, said
from storage.audit.covered import GROUPS, RECORDED, ROWS
from storage.audit.differences import Discrepancy, Reconciled, Tally
from storage.audit.rows import broken_text
from storage.audit.stating import STATES
from storage.database import Tx

# so many discrepancies are kept
FIRST = 1_000


def discrepancies(tx: Tx, tally: Tally | None = None) -> Iterator[Discrepancy]:
    """Every row that is not as the trail says; the trail itself is verified before."""
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
    """Compare everything, in one transaction; the first thousand discrepancies are kept."""
    tally = Tally(looked)
    found = discrepancies(tx, tally)
    first = list(islice(found, FIRST))
    return Reconciled(len(first) + sum(1 for _each in found), first, tally)


def cover(tx: Tx, *, at: datetime) -> int:
    """State, once, the rows that were there before events stated rows; returns how many.

    What the trail knows and contradicts is not covered: it stays a discrepancy.
    """
    tally = Tally()
    for _each in discrepancies(tx, tally):
        pass
    if not tally.before:
        return 0
    states = {"rows": tally.rows, "groups": tally.groups}
    events.record(tx, Event(RECORDED, "register", "bot", at, {said.BASELINE: True, STATES: states}))
    return tally.before + tally.erased
