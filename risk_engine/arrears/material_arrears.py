"""Material arrears: for how many consecutive days the overdue amounts of each debtor, or of each claim, have been material."""

from __future__ import annotations

import numpy as np

from risk_engine import credit
from risk_engine.arrears import materiality, settlement
from risk_engine.arrears.arrears_policy import Arrears as Policy
from risk_engine.arrears.loan_arrears import LoanArrears
from risk_engine.arrears.payment_holiday import NONE
from risk_engine.facts.facts import Floats, Places


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
    rows = found.changes
    worth = rows.hundredths * factor[rows.facility]
    most = settlement.whole(np.array([settlement.MOST]))[0] * np.sign(rows.hundredths)
    hundredths = np.where(np.isnan(worth), most, np.rint(np.nan_to_num(worth))).astype(np.int64)
    owed = credit.total(unit, np.nan_to_num(drawn), count)
    above = materiality.threshold(owed, np.full(count, policy.absolute), policy.relative)
    onsets = materiality.onsets(unit[rows.facility], rows.day, hundredths, above)
    return materiality.days_on_end(onsets, as_of, NONE).astype(np.float64)
