"""Compare the register with the trail: every row that authority or a figure rests on is as the last event about it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from storage.audit import reconciling_loads, reconciling_looks, reconciling_rows, said
from storage.audit.covered import GROUPS, ROWS
from storage.audit.differences import Discrepancy, Reconciled, Tally
from storage.audit.rows import broken_text
from storage.database import Tx

# so many discrepancies are kept
FIRST = 1_000


# the steps of a comparison, for a bar: the trail, each table, and who was shown whom
STEPS = len(ROWS) + len(GROUPS) + 3


def discrepancies(tx: Tx, tally: Tally | None = None, done: Callable[[int], object] = bool) -> Iterator[Discrepancy]:
    """Every row that is not as the trail says; the trail itself is verified before.

    Args:
        tally: counts what was compared.
        done: is told of every step.
    """
    with broken_text(tx):
        yield from _discrepancies(tx, tally or Tally(), done)


def _discrepancies(tx: Tx, tally: Tally, done: Callable[[int], object]) -> Iterator[Discrepancy]:
    known = said.read(tx)
    done(1)
    for rows in ROWS.values():
        yield from reconciling_rows.differences(tx, rows, known, tally)
        done(1)
    for groups in GROUPS.values():
        yield from reconciling_loads.differences(tx, groups, known, tally)
        done(1)
    yield from reconciling_loads.customers(tx)
    done(1)
    yield from reconciling_looks.differences(tx, tally)
    done(1)


def reconcile(tx: Tx, done: Callable[[int], object] = bool) -> Reconciled:
    """Compare everything, in one transaction; the first thousand discrepancies are kept."""
    tally = Tally()
    found = discrepancies(tx, tally, done)
    first = list(islice(found, FIRST))
    return Reconciled(len(first) + sum(1 for _each in found), first, tally)
