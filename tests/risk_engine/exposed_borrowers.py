"""Borrowers whose figures move with the market: one to reckon with by hand, and any that Hypothesis thinks of."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from risk_engine.market import sensitivity
from risk_engine.market.sensitivity import Exposures

# DSCR 150 / 100 = 1.5, interest cover 200 / 40 = 5
USUAL = {
    "debt": 1000.0,
    "principal": 60.0,
    "interest": 40.0,
    "revenue": 800.0,
    "cost_of_sales": 500.0,
    "ebitda": 200.0,
    "cfads": 150.0,
    "floating_share": 0.5,
    "foreign_share": 0.25,
    "commodity_revenue_share": 0.25,
    "commodity_cost_share": 0.8,
}

CENTS = st.integers(0, 10**10).map(lambda cents: cents / 100)
SIGNED = st.integers(-(10**10), 10**10).map(lambda cents: cents / 100)
SHARE = st.integers(0, 1000).map(lambda parts: parts / 1000)
ROWS = st.fixed_dictionaries(
    dict.fromkeys(sensitivity.NEVER_NEGATIVE, CENTS) | {"ebitda": SIGNED, "cfads": SIGNED} | dict.fromkeys(sensitivity.SHARES, SHARE)
)


def exposures(*rows) -> Exposures:
    return Exposures(**{name: np.array([(USUAL | row)[name] for row in rows]) for name in USUAL})
