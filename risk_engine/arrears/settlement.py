"""Settlement: payments against a schedule, the oldest instalment first, in whole hundredths, exact in any order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from risk_engine.arrears import payment_holiday
from risk_engine.arrears.payment_holiday import Dates, Turns
from risk_engine.credit import Floats, Places
from risk_engine.days import ONE_DAY

_HUNDREDTHS = 100.0
# stands for an amount that is not known and may be any: above every threshold, and a million of them still add up exactly
MOST = 1e10


def whole(amounts: Floats) -> Places:
    """Return amounts in whole hundredths; a missing one becomes 0, so callers track missing amounts separately."""
    found: Places = np.rint(np.nan_to_num(amounts) * _HUNDREDTHS).astype(np.int64)
    return found


def amounts(hundredths: Places) -> Floats:
    """Return hundredths as amounts."""
    return hundredths / _HUNDREDTHS


def sums(owner: Places, hundredths: Places, count: int) -> Places:
    """Return each owner's sum; exact below 90 trillion whole units."""
    return np.bincount(owner, hundredths, count).astype(np.int64)


def running(owner: Places, hundredths: Places) -> Places:
    """Return each owner's running sum, for rows sorted by owner."""
    total, first = np.cumsum(hundredths), np.searchsorted(owner, owner, side="left")
    # a sum over the whole book may wrap round, but the difference of two of its places never does
    found: Places = total - (total - hundredths)[first]
    return found


@dataclass(frozen=True, slots=True)
class Plan:
    """Instalments sorted by owner and due date; ``late_from`` is the first day on which an unpaid one is overdue.

    ``amount`` and ``running``, each owner's sum up to the row, are in hundredths.
    """

    count: int
    owner: Places
    due: Dates
    late_from: Dates
    amount: Places
    running: Places

    def overdue(self, paid: Places, as_of: np.datetime64) -> Places:
        """Return each owner's overdue amount."""
        late = self.late_from <= as_of
        owed: Places = np.maximum(sums(self.owner[late], self.amount[late], self.count) - paid, 0)
        return owed

    def oldest(self, paid: Places, as_of: np.datetime64) -> Dates:
        """Return the due date of each owner's oldest overdue instalment; NaT if there is none."""
        unpaid = np.flatnonzero((self.late_from <= as_of) & (self.running > paid[self.owner]))[::-1]
        found = np.full(self.count, "NaT", dtype="datetime64[D]")
        # NumPy keeps the last of several writes to one place, and the oldest comes last
        found[self.owner[unpaid]] = self.due[unpaid]
        return found

    def coming(self, paid: Places, as_of: np.datetime64, days: int) -> tuple[Places, Places]:
        """Return number and unpaid amount of the instalments that fall due within ``days`` and are not overdue."""
        open_ = np.clip(self.running - paid[self.owner], 0, self.amount)
        soon = (self.late_from > as_of) & (self.due <= as_of + days * ONE_DAY) & (open_ > 0)
        return sums(self.owner[soon], np.ones(int(soon.sum()), dtype=np.int64), self.count), sums(self.owner[soon], open_[soon], self.count)


def plan(owner: Places, due: Dates, hundredths: Places, count: int, *, holidays: Turns, moves: bool, grace: int) -> Plan:
    """Sort a schedule and apply holidays, which move the due date or stop the count of days."""
    known = ~np.isnat(due)
    owner, due, hundredths = owner[known], due[known], hundredths[known]
    if moves:
        due = payment_holiday.moved(holidays, owner, due)
    # of several due on one day the smallest is settled first, so that the order of the rows does not matter
    order = np.lexsort((hundredths, due, owner))
    owner, due, hundredths = owner[order], due[order], hundredths[order]
    late_from = due + (grace + 1) * ONE_DAY if moves else payment_holiday.reached(holidays, owner, due, grace + 1)
    return Plan(count, owner, due, late_from, hundredths, running(owner, hundredths))
