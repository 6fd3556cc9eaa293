"""Loss given default of the foundation approach, by seniority and by collateral after haircut."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from risk_engine import checks
from risk_engine.capital.capital_policy import FoundationLgd
from risk_engine.checks import Impossible
from risk_engine.credit import Floats
from risk_engine.measure import divided


class Claim(IntEnum):
    """The seniority of an unsecured claim; none where it is unknown."""

    NONE = -1
    SENIOR = 0
    SENIOR_FINANCIAL = 1
    SUBORDINATED = 2


def unsecured(claims: NDArray[np.int8], policy: FoundationLgd) -> Floats:
    """Return the loss given default of a claim without collateral; NaN at -1.

    Source: BCBS 128 §§ 287-288 (45 %, 75 %); CRE32 (40 % corporates, 45 % financial institutions, 75 %).
    """
    return np.array([policy.senior, policy.senior_financial, policy.subordinated, np.nan], dtype=np.float64)[claims]


def secured(exposure: ArrayLike, without: ArrayLike, collateral: ArrayLike, policy: FoundationLgd) -> Floats:
    """Return each exposure's mean LGD: each kind of collateral covers its value after haircut, the rest is unsecured.

    Args:
        exposure: in a unit of money; 0 has no loss given default.
        without: the loss given default of the unsecured rest, see :func:`unsecured`.
        collateral: values in the same unit, one row per claim, one column per kind in the policy's order; 0 is none, NaN unknown.

    Raises:
        Impossible: an amount below 0, a share outside 0 to 1, or a wrong number of columns.

    Source: BCBS 128 §§ 289-295; CRE32 (LGD* = LGD_U · E_U/E + LGD_S · E_S/E).
    """
    whole, lgd = checks.not_negative("exposure", exposure), checks.share("without", without)
    values = np.atleast_2d(checks.not_negative("collateral", collateral))
    if values.shape[1] != len(policy.collateral):
        raise Impossible(field="collateral", value=values.shape[1], accepted=f"{len(policy.collateral)} columns")
    rest, lost = whole, np.zeros_like(whole)
    for kind, value in zip(policy.collateral, values.T, strict=True):
        part = np.minimum(rest, value * (1.0 - kind.haircut))
        rest, lost = rest - part, lost + part * kind.lgd
    return divided(lost + rest * lgd, whole)
