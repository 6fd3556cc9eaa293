"""The mirrored grid: threats on the left, opportunities on the right, and the highest levels meet in the middle.

The grid of opportunities mirrors that of threats at its right edge: rows stay likelihoods, columns run from the largest
gain to the smallest. An opportunity therefore has the level of a threat of equal likelihood, severity and scope, and
the level measures the stake: critical is a chance that must not be missed. The aims are opposite: measures lower a
threat's level and raise an opportunity's (:mod:`risk_engine.register.residual`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from risk_engine.policy.policy import Matrix
from risk_engine.register.assessment import Assessment, Level, levels

# a customer's own loss has the scope of one customer, regardless of the bank's scope
ONE_CUSTOMER = 2

NOT_ASSESSED = -1


def board(matrix: Matrix) -> NDArray[np.int8]:
    """Return both grids side by side, five rows of ten cells: threats by rising severity, opportunities by falling gain.

    Source: Hillson (2002), Extending the risk process to manage opportunities (the mirrored double matrix).
    """
    return np.concatenate([matrix.cells, matrix.cells[:, ::-1]], axis=1)


def column(severity: ArrayLike, opportunity: ArrayLike) -> NDArray[np.int64]:
    """Return the board's column, from 0, of a severity (or a gain) of 1 to 5."""
    steps = np.asarray(severity, dtype=np.int64)
    return np.where(np.asarray(opportunity, dtype=bool), 10 - steps, steps - 1)


def customer_levels(matrix: Matrix, likelihood: ArrayLike, customer_severity: ArrayLike) -> NDArray[np.int8]:
    """Return the level of each risk for the customer itself, by its own loss and the scope of one customer.

    Args:
        likelihood: integers 1 to 5.
        customer_severity: integers 1 to 5, 0 if it has not been assessed, which gives -1.

    Raises:
        OutOfScale: a value is not on its scale.
    """
    own = np.asarray(customer_severity)
    found = levels(matrix, likelihood, np.where(own == 0, 1, own), np.full(own.shape, ONE_CUSTOMER))
    return np.where(own == 0, NOT_ASSESSED, found).astype(np.int8)


def customer_level(matrix: Matrix, assessment: Assessment) -> Level | None:
    """Return the level of one assessment for the customer itself; None if its own loss has not been assessed."""
    if assessment.customer_severity is None:
        return None
    return Level(int(customer_levels(matrix, [assessment.likelihood], [assessment.customer_severity])[0]))
