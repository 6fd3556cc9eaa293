"""Material arrears: for how many consecutive days the overdue amounts of each debtor, or of each claim, have been material."""

from __future__ import annotations

import numpy as np

from risk_engine import credit
from risk_engine.arrears import materiality, settlement
from risk_engine.arrears.arrears_policy import Arrears as Policy
from risk_engine.arrears.loan_arrears import LoanArrears
from risk_engine.arrears.payment_holiday import NONE
from risk_engine.facts.facts import Dates, Floats, Places


def material_days(
    policy: Policy, found: LoanArrears, unit: Places, factor: Floats, drawn: Floats, as_of: np.datetime64, count: int
) -> Floats:
    """Return the consecutive days on which each unit's overdue amounts have exceeded both thresholds; 0 where they do not today.

    Amounts are added up over the unit in one currency. An amount without an exchange rate may be any, so it is material, and a debt
    without one does not raise the relative threshold.

    Args:
        unit: the debtor of each facility, or the facility itself, 0 to ``count`` - 1.
        factor: what a unit of each facility's currency is worth in the currency of the thresholds.
        drawn: each facility's debt in that currency.

    Source: CRR article 178 (2)(d); Delegated Regulation (EU) 2018/171 articles 1 and 2; EBA/GL/2016/07 (both summed over the debtor).
    """
    onsets = _onsets(policy, found, unit, factor, drawn, found.changes.day, count)
    return materiality.days_on_end(onsets, as_of, NONE).astype(np.float64)


def material_since(
    policy: Policy, found: LoanArrears, unit: Places, factor: Floats, drawn: Floats, as_of: np.datetime64, count: int
) -> Dates:
    """Return the first day of each unit's material arrears in the calendar; NaT where they are not material today.

    Days that a ledger counted are counted back from the ledger's day: they stand still until the next ledger, the calendar does not.
    """
    aged = np.where(np.isnat(found.dated), as_of, np.minimum(found.dated, as_of)) - as_of
    return _onsets(policy, found, unit, factor, drawn, found.changes.day + aged[found.changes.facility], count)


def _onsets(policy: Policy, found: LoanArrears, unit: Places, factor: Floats, drawn: Floats, day: Dates, count: int) -> Dates:
    """Return the day since which each unit's overdue amounts have exceeded both thresholds, if they changed on these days."""
    rows = found.changes
    worth = rows.hundredths * factor[rows.facility]
    most = settlement.whole(np.array([settlement.MOST]))[0] * np.sign(rows.hundredths)
    hundredths = np.where(np.isnan(worth), most, np.rint(np.nan_to_num(worth))).astype(np.int64)
    owed = credit.total(unit, np.nan_to_num(drawn), count)
    above = materiality.threshold(owed, np.full(count, policy.absolute), policy.relative)
    return materiality.onsets(unit[rows.facility], day, hundredths, above)
