"""Loans' days past due: the ledger's figure, or the one from schedule and payments where it is worse."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from risk_engine.arrears import arrears, payment_holiday
from risk_engine.arrears.arrears import Facilities, Instalments, Payments
from risk_engine.days import ONE_DAY
from risk_engine.facts.facts import Facts, Floats
from risk_engine.policy.policy import Policy


def days_past_due(policy: Policy, facts: Facts) -> Floats:
    """Return each facility's days past due: the worse of the ledger's figure and the one from schedule and payments.

    Both are as of the ledger's day, as later payments have not been loaded yet. NaN where neither is known. A schedule counts only
    if some payment is on record.
    """
    lent, due, came = facts.facilities, facts.instalments, facts.payments
    count = len(lent.owner)
    if not len(due.owner):
        return lent.days_past_due
    first = np.append(0, np.cumsum(np.bincount(lent.owner, minlength=len(facts))))
    owner, paid_by = first[due.owner] + due.facility, first[came.owner] + came.facility
    since = _since_the_ledger(facts)
    none = payment_holiday.Holidays(np.empty(0, dtype=np.int64), *(np.empty(0, dtype="datetime64[D]"),) * 2)
    found = arrears.arrears(
        policy.arrears,
        Instalments(owner, due.due + since[owner], due.principal + due.interest),
        Payments(paid_by, came.paid + since[paid_by], came.booked + since[paid_by], came.amount),
        none,
        Facilities(lent.outstanding, np.full(count, policy.arrears.absolute), np.zeros(count, dtype=bool)),
        facts.as_of,
    )
    heard = np.bincount(paid_by, minlength=count) > 0
    counted = np.where(heard, found.days_past_due, np.nan)
    worse: Floats = np.fmax(lent.days_past_due, counted)
    return worse


def _since_the_ledger(facts: Facts) -> NDArray[np.timedelta64]:
    """Return the days since each facility's ledger entry; dates moved by them align all facilities on one day."""
    as_of = facts.facilities.as_of
    days = np.where(np.isnat(as_of), 0 * ONE_DAY, facts.as_of - as_of)
    return np.maximum(days, 0 * ONE_DAY)
