"""Loans' arrears: days past due by the ledger, or by schedule and payments where those say worse."""

from __future__ import annotations

import numpy as np

from risk_engine import arrears, payment_holiday
from risk_engine.arrears import Facilities, Instalments, Payments
from risk_engine.facts import Facts, Floats
from risk_engine.policy import Policy


def days_past_due(policy: Policy, facts: Facts) -> Floats:
    """Each facility's days past due: the worse of what the ledger says and of what schedule and payments make.

    NaN where neither is known. Without any payment on record a schedule says nothing: nobody has loaded what came in.
    """
    lent, due, came = facts.facilities, facts.instalments, facts.payments
    count = len(lent.owner)
    if not len(due.owner):
        return lent.days_past_due
    first = np.append(0, np.cumsum(np.bincount(lent.owner, minlength=len(facts))))
    owner, paid_by = first[due.owner] + due.facility, first[came.owner] + came.facility
    none = payment_holiday.Holidays(np.empty(0, dtype=np.int64), *(np.empty(0, dtype="datetime64[D]"),) * 2)
    found = arrears.arrears(
        policy.arrears,
        Instalments(owner, due.due, due.principal + due.interest),
        Payments(paid_by, came.paid, came.booked, came.amount),
        none,
        Facilities(lent.outstanding, np.full(count, policy.arrears.absolute), np.zeros(count, dtype=bool)),
        facts.as_of,
    )
    heard = np.bincount(paid_by, minlength=count) > 0
    counted = np.where(heard, found.days_past_due, np.nan)
    worse: Floats = np.fmax(lent.days_past_due, counted)
    return worse
