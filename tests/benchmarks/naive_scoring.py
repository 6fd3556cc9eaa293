"""The plain formulas of a loss, for a book in one currency with one letter for each customer and nothing missing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from risk_engine.facts.facts import Facts
from risk_engine.policy.policy import Policy

Floats = NDArray[np.float64]


def figures(policy: Policy, facts: Facts) -> dict[str, Floats]:
    """PD by letter, EAD, LGD and expected loss of each customer."""
    lent, count = facts.facilities, len(facts)
    (table,) = (one for one in policy.scoring.master_scale if "internal" in one.agencies)
    published = np.array([table.pd[letter] for letter in facts.ratings.letters.names])
    pd = np.empty(count)
    pd[facts.ratings.owner] = np.maximum(published[facts.ratings.letters.codes], policy.scoring.pd_floor)
    ead = lent.outstanding + lent.ccf * np.maximum(lent.limits - lent.outstanding, 0)
    sums = np.bincount(lent.owner, ead, count)
    loss = np.bincount(lent.owner, pd[lent.owner] * lent.lgd * ead, count)
    return {"pd": pd, "ead": sums, "lgd": np.bincount(lent.owner, lent.lgd * ead, count) / sums, "expected_loss": loss}
