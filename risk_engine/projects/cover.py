"""Cover: a ratio with its status; interest cover, gearing and leverage of one period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from risk_engine import checks
from risk_engine.checks import Floats
from risk_engine.financials.ratios import Codes, RatioStatus
from risk_engine.measure import divided


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio, NaN where there is none, and the :class:`RatioStatus` that gives the reason."""

    values: Floats
    standing: Codes


def covered(cash: ArrayLike, due: ArrayLike) -> Ratio:
    """Return cash / due; not applicable where nothing is due, even if the cash is unknown.

    Raises:
        Impossible: the amount due is below 0.
    """
    tops, bottoms = checks.column("cash", cash), checks.not_negative("due", due)
    return _ratio(tops, bottoms, free=bottoms == 0)


def icr(ebitda: ArrayLike, interest: ArrayLike) -> Ratio:
    """Return interest cover, EBITDA / interest; not applicable where no interest is due.

    Raises:
        Impossible: interest below 0.

    Source: the house's standard for project finance and covenants.
    """
    return covered(ebitda, interest)


def gearing(debt: ArrayLike, equity: ArrayLike) -> Ratio:
    """Return debt / (debt + equity); above 1 if equity is negative, not meaningful if the loss exceeds the debt as well.

    Raises:
        Impossible: debt below 0.

    Source: as :func:`icr`.
    """
    owed, own = checks.not_negative("debt", debt), checks.column("equity", equity)
    return _ratio(owed, owed + own, free=False)


def leverage(debt: ArrayLike, cash: ArrayLike, ebitda: ArrayLike) -> Ratio:
    """Return net debt / EBITDA, below 0 for net cash; not meaningful unless EBITDA is above 0.

    Raises:
        Impossible: debt below 0.

    Source: as :func:`icr`.
    """
    owed, held = checks.not_negative("debt", debt), checks.column("cash", cash)
    return _ratio(owed - held, checks.column("ebitda", ebitda), free=False)


def _ratio(tops: Floats, bottoms: Floats, *, free: NDArray[np.bool_] | bool) -> Ratio:
    values = divided(tops, bottoms)
    cases = [~np.isnan(values), np.broadcast_to(free, values.shape), np.isnan(tops + bottoms)]
    codes = [RatioStatus.COMPUTED, RatioStatus.NOT_APPLICABLE, RatioStatus.MISSING]
    return Ratio(values, np.select(cases, codes, RatioStatus.NOT_MEANINGFUL).astype(np.int8))
