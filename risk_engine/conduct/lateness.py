"""Lateness: how late instalments were paid on average, the oldest instalment first."""

from __future__ import annotations

import numpy as np

from risk_engine import credit
from risk_engine.arrears import settlement
from risk_engine.arrears.payment_holiday import NONE
from risk_engine.arrears.settlement import whole
from risk_engine.days import ONE_DAY
from risk_engine.facts.facts import Dates, Facts, Floats, Places
from risk_engine.repayment.maturities import horizon


def average_days_late(facts: Facts, months: int) -> Floats:
    """Return each customer's mean days from due date to full payment, by amount, of the instalments due within the months before.

    An unpaid instalment is late up to the ledger's day, as later payments have not been loaded. NaN without a schedule whose payments
    are on record.
    """
    lent, due, came, count = facts.facilities, facts.instalments, facts.payments, len(facts)
    if not len(due.owner) or not len(came.owner):
        return np.full(count, np.nan)
    first = np.append(0, np.cumsum(np.bincount(lent.owner, minlength=count)))
    facilities = len(lent.owner)
    plan = settlement.plan(
        first[due.owner] + due.facility, due.due, whole(due.principal + due.interest), facilities, holidays=NONE, moves=False, grace=0
    )
    ledger = np.where(np.isnat(lent.as_of), facts.as_of, np.minimum(lent.as_of, facts.as_of))
    paid = _paid_on(first[came.owner] + came.facility, came.paid, whole(came.amount), plan.owner, plan.running, facilities)
    settled = np.where(np.isnat(paid) | (paid > facts.as_of), ledger[plan.owner], paid)
    late = np.maximum((settled - plan.due) // ONE_DAY, 0).astype(np.float64)
    heard = np.bincount(first[came.owner] + came.facility, minlength=facilities) > 0
    counts = (plan.due > _before(facts.as_of, months)) & (plan.due <= ledger[plan.owner]) & heard[plan.owner] & (plan.amount > 0)
    owner = lent.owner[plan.owner[counts]]
    return credit.weighted(owner, late[counts], plan.amount[counts].astype(np.float64), count)


def _paid_on(payer: Places, paid: Dates, amounts: Places, owner: Places, running: Places, facilities: int) -> Dates:
    """Return the day on which the payments of a facility reach each running sum of its instalments; NaT where they do not."""
    order = np.lexsort((paid, payer))
    payer, paid = payer[order], paid[order]
    total = np.cumsum(amounts[order])
    ends = np.searchsorted(payer, np.arange(facilities), side="right")
    before = np.append(0, total)[np.searchsorted(payer, np.arange(facilities))]
    place = np.searchsorted(total, before[owner] + running)
    found: Dates = np.where(place < ends[owner], np.append(paid, np.datetime64("NaT", "D"))[place], np.datetime64("NaT", "D"))
    return found


def _before(day: np.datetime64, months: int) -> np.datetime64:
    return horizon(day, -months)
