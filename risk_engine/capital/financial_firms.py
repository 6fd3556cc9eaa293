"""Financial firms: banks, insurers and other financial institutions, which have an LGD of their own and no size adjustment."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from risk_engine.facts.facts import Facts, Floats
from risk_engine.policy.policy import Policy

Flags = NDArray[np.bool_]

# the kind of customers that are financial institutions, whatever their sector
FINANCIAL = "financial"


def financial(policy: Policy, facts: Facts) -> Flags:
    """Flag the customers that are financial firms: by their kind, or by a sector of the policy's list, in any letter case.

    Source: CRE31.8-31.9 (the adjustment for size is for small corporates); CRE32 (senior claims on financial institutions).
    """
    sectors = facts.customers.sectors
    listed = frozenset(name.casefold() for name in policy.capital.irb.financial_sectors)
    by_sector = sectors.made(lambda name: float(name.strip().casefold() in listed), 0.0) == 1
    found: Flags = (facts.customers.kinds.among((FINANCIAL,)) == 0) | by_sector
    return found


def figures(policy: Policy, facts: Facts) -> dict[str, Floats]:
    """Return 1 for each financial firm, NaN for others; and 1 for those judged as small firms that may be financial ones."""
    assert facts.groups is not None, "found before the book is cut into parts"
    unknown = (facts.customers.kinds.codes < 0) & (facts.customers.sectors.codes < 0)
    small = facts.groups.sales <= policy.capital.irb.size.highest
    return {
        "financial_firm": np.where(financial(policy, facts), 1.0, np.nan),
        "perhaps_financial": np.where(unknown & small, 1.0, np.nan),
    }
