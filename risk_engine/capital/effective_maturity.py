"""Effective maturity in years: from contractual cash flows, or from the remaining years."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from risk_engine import checks
from risk_engine.capital.capital_policy import Maturity
from risk_engine.credit import Floats
from risk_engine.measure import divided


def of_cash_flows(years: ArrayLike, cash_flows: ArrayLike, policy: Maturity) -> Floats:
    """Return M = Σ t·CF / Σ CF within the policy's bounds; NaN if a flow or its date is missing, or all flows are 0.

    Args:
        years: years from today to each payment; one row for all claims, or one per claim.
        cash_flows: principal, interest and fees due then; one row per claim, in one unit of money.

    Raises:
        Impossible: a date or a flow below 0.

    Source: BCBS 128 § 320; CRE32.
    """
    flows = np.atleast_2d(checks.not_negative("cash_flows", cash_flows))
    dates = np.broadcast_to(np.atleast_2d(checks.not_negative("years", years)), flows.shape)
    weighted, total = np.zeros(len(flows)), np.zeros(len(flows))
    # payment by payment, so that a claim's figure does not depend on the other claims
    for flow, date in zip(flows.T, dates.T, strict=True):
        weighted += date * flow
        total += flow
    return held(divided(weighted, total), policy)


def held(years: ArrayLike, policy: Maturity) -> Floats:
    """Return the remaining years within the policy's bounds; a claim past its maturity has the shortest. NaN stays NaN.

    Source: BCBS 128 § 320 (one to five years; the nominal years left where no cash flows are known); CRE32.
    """
    found: Floats = np.clip(checks.column("years", years), policy.shortest, policy.longest)
    return found
