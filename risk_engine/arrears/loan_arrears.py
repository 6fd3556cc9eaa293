"""Loans' arrears: days past due by the ledger, or by schedule and payments where those say worse."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from risk_engine.arrears import arrears, payment_holiday
from risk_engine.arrears.arrears import Facilities, Instalments, Payments
from risk_engine.days import ONE_DAY
from risk_engine.facts.facts import Facts, Floats
from risk_engine.policy.policy import Policy


def days_past_due(policy: Policy, facts: Facts) -> Floats:
    """Each facility's days past due: the worse of what the ledger says and of what schedule and payments make.

    Both are of the ledger's day: what came in afterwards, or did not, nobody has loaded yet. NaN where neither is known.
    Without any payment on record a schedule says nothing.
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
    """The days since each facility's entry of the ledger: moved by these, all facilities are seen on one day."""
    as_of = facts.facilities.as_of
    days = np.where(np.isnat(as_of), 0 * ONE_DAY, facts.as_of - as_of)
    return np.maximum(days, 0 * ONE_DAY)
