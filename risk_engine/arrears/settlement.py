"""Settlement: payments against a schedule, the oldest instalment first; sums of whole hundredths, exact in any order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from risk_engine.arrears import payment_holiday
from risk_engine.arrears.payment_holiday import Dates, Turns
from risk_engine.credit import Floats, Places
from risk_engine.days import ONE_DAY

_HUNDREDTHS = 100.0


def whole(amounts: Floats) -> Places:
    """Amounts in whole hundredths; a missing one is none, and whoever asks must know of it otherwise."""
    found: Places = np.rint(np.nan_to_num(amounts) * _HUNDREDTHS).astype(np.int64)
    return found


def amounts(hundredths: Places) -> Floats:
    """Hundredths as amounts again."""
    return hundredths / _HUNDREDTHS


def sums(owner: Places, hundredths: Places, count: int) -> Places:
    """Each owner's sum; exact below 90 trillion whole units."""
    return np.bincount(owner, hundredths, count).astype(np.int64)


def running(owner: Places, hundredths: Places) -> Places:
    """Each owner's sum up to the row, of rows sorted by owner."""
    total, first = np.cumsum(hundredths), np.searchsorted(owner, owner, side="left")
    # a sum over the whole book may wrap round, but the difference of two of its places never does
    found: Places = total - (total - hundredths)[first]
    return found


@dataclass(frozen=True, slots=True)
class Plan:
    """Instalments sorted by owner and due day: ``late_from`` is the first day on which one is overdue if it is not paid.

    ``amount`` and ``running``, each owner's sum up to the row, are in hundredths.
    """

    count: int
    owner: Places
    due: Dates
    late_from: Dates
    amount: Places
    running: Places

    def overdue(self, paid: Places, as_of: np.datetime64) -> Places:
        """What should have been paid and is not, for each owner."""
        late = self.late_from <= as_of
        owed: Places = np.maximum(sums(self.owner[late], self.amount[late], self.count) - paid, 0)
        return owed

    def oldest(self, paid: Places, as_of: np.datetime64) -> Dates:
        """The due day of each owner's oldest overdue instalment; NaT where there is none."""
        unpaid = np.flatnonzero((self.late_from <= as_of) & (self.running > paid[self.owner]))[::-1]
        found = np.full(self.count, "NaT", dtype="datetime64[D]")
        # of several writes to one place the last one stays, and the oldest comes last
        found[self.owner[unpaid]] = self.due[unpaid]
        return found

    def coming(self, paid: Places, as_of: np.datetime64, days: int) -> tuple[Places, Places]:
        """How many instalments that are not overdue fall due within so many days, and how much of them is not yet paid."""
        open_ = np.clip(self.running - paid[self.owner], 0, self.amount)
        soon = (self.late_from > as_of) & (self.due <= as_of + days * ONE_DAY) & (open_ > 0)
        return sums(self.owner[soon], np.ones(int(soon.sum()), dtype=np.int64), self.count), sums(self.owner[soon], open_[soon], self.count)


def plan(owner: Places, due: Dates, hundredths: Places, count: int, *, holidays: Turns, moves: bool, grace: int) -> Plan:
    """The schedule in order, with the holidays that move what is due, or during which no day is counted."""
    known = ~np.isnat(due)
    owner, due, hundredths = owner[known], due[known], hundredths[known]
    if moves:
        due = payment_holiday.moved(holidays, owner, due)
    # of several due on one day the smallest is settled first, in whatever order they were written down
    order = np.lexsort((hundredths, due, owner))
    owner, due, hundredths = owner[order], due[order], hundredths[order]
    late_from = due + (grace + 1) * ONE_DAY if moves else payment_holiday.reached(holidays, owner, due, grace + 1)
    return Plan(count, owner, due, late_from, hundredths, running(owner, hundredths))
