"""Effective maturity in years: from contractual cash flows, or from the years that a claim still has."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from risk_engine import checks
from risk_engine.capital.capital_policy import Maturity
from risk_engine.credit import Floats
from risk_engine.measure import divided


def of_cash_flows(years: ArrayLike, cash_flows: ArrayLike, policy: Maturity) -> Floats:
    """M = Σ t·CF / Σ CF, held in the policy's bounds; NaN where a flow or its date is missing, or nothing flows.

    Args:
        years: from today to each payment; a row for all claims, or one a claim.
        cash_flows: principal, interest and fees that the debtor owes then; a row a claim, in one unit of money.

    Raises:
        Impossible: a date or a flow below 0.

    Source: BCBS 128 § 320; CRE32.
    """
    flows = np.atleast_2d(checks.not_negative("cash_flows", cash_flows))
    dates = np.broadcast_to(np.atleast_2d(checks.not_negative("years", years)), flows.shape)
    weighted, total = np.zeros(len(flows)), np.zeros(len(flows))
    # payment by payment, so that a claim's figure is the same alone and among a million
    for flow, date in zip(flows.T, dates.T, strict=True):
        weighted += date * flow
        total += flow
    return held(divided(weighted, total), policy)


def held(years: ArrayLike, policy: Maturity) -> Floats:
    """The years left, held in the policy's bounds; what is past its maturity counts as the shortest. NaN stays NaN.

    Source: BCBS 128 § 320 (one to five years; the nominal years left where no cash flows are known); CRE32.
    """
    found: Floats = np.clip(checks.column("years", years), policy.shortest, policy.longest)
    return found
