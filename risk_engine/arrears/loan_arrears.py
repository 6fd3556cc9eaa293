"""Loans' days past due: the ledger's figure, or the one from schedule and payments where it is worse."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from risk_engine.arrears import arrears, payment_holiday
from risk_engine.arrears.arrears import Facilities, Instalments, Payments
from risk_engine.days import ONE_DAY
from risk_engine.facts import facts
from risk_engine.facts.facts import Dates, Floats, Places
from risk_engine.policy.policy import Policy


class Entries(Protocol):
    """Facilities as the ledger has them, by owner."""

    @property
    def owner(self) -> Places: ...
    @property
    def outstanding(self) -> Floats: ...
    @property
    def days_past_due(self) -> Floats: ...
    @property
    def as_of(self) -> Dates: ...


def days_past_due(
    policy: Policy, lent: Entries, due: facts.Instalments, came: facts.Payments, as_of: np.datetime64, customers: int
) -> Floats:
    """Each facility's days past due: the worse of what the ledger says and of what schedule and payments make.

    Both are as of the ledger's day, as later payments have not been loaded yet. NaN where neither is known. A schedule counts only
    if some payment is on record.
    """
    count = len(lent.owner)
    if not len(due.owner):
        return lent.days_past_due
    first = np.append(0, np.cumsum(np.bincount(lent.owner, minlength=customers)))
    owner, paid_by = first[due.owner] + due.facility, first[came.owner] + came.facility
    since = _since_the_ledger(lent, as_of)
    none = payment_holiday.Holidays(np.empty(0, dtype=np.int64), *(np.empty(0, dtype="datetime64[D]"),) * 2)
    found = arrears.arrears(
        policy.arrears,
        Instalments(owner, due.due + since[owner], due.principal + due.interest),
        Payments(paid_by, came.paid + since[paid_by], came.booked + since[paid_by], came.amount),
        none,
        Facilities(lent.outstanding, np.full(count, policy.arrears.absolute), np.zeros(count, dtype=bool)),
        as_of,
    )
    heard = np.bincount(paid_by, minlength=count) > 0
    counted = np.where(heard, found.days_past_due, np.nan)
    worse: Floats = np.fmax(lent.days_past_due, counted)
    return worse


def _since_the_ledger(lent: Entries, as_of: np.datetime64) -> NDArray[np.timedelta64]:
    """The days since each facility's entry of the ledger: moved by these, all facilities are seen on one day."""
    days = np.where(np.isnat(lent.as_of), 0 * ONE_DAY, as_of - lent.as_of)
    return np.maximum(days, 0 * ONE_DAY)
