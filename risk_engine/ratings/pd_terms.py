"""PD terms: the parts of the risk-weight functions that depend on the PD alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from risk_engine import checks, normal
from risk_engine.credit import Floats

Selection = NDArray[np.integer[Any]] | NDArray[np.bool_] | slice


@dataclass(frozen=True, slots=True)
class PdTerms:
    """The terms that depend on the PD alone, one column each: correlations before size, maturity adjustment b, and G(PD)."""

    pd: Floats
    corporate: Floats
    other_retail: Floats
    adjustment: Floats
    quantile: Floats

    def __len__(self) -> int:
        return len(self.pd)

    def __getitem__(self, places: Selection) -> PdTerms:
        """Return the terms at these places: a book has about twenty letters, so compute theirs once and look them up."""
        return PdTerms(self.pd[places], self.corporate[places], self.other_retail[places], self.adjustment[places], self.quantile[places])


def pd_terms(pd: ArrayLike) -> PdTerms:
    """Return the terms of the risk-weight functions that depend on the PD alone.

    w = (1-e^(-50 PD))/(1-e^-50); R = 0.12 w + 0.24 (1-w); other retail 35 for 50 and 0.03 w + 0.16 (1-w);
    b = (0.11852 - 0.05478 ln PD)². The formulas do not apply below a PD of 0.0003 %, where 1-1.5 b is no longer above 0: there b is
    NaN, but 0 at a PD of 0, which needs no capital at any maturity.

    Args:
        pd: shares, floored by the caller if required; NaN is missing.

    Raises:
        Impossible: a PD outside 0 to 1.

    Source: BCBS 128 §§ 272, 330; CRE31.
    """
    known = checks.share("pd", pd)
    logarithm = np.log(known, out=np.zeros_like(known), where=known != 0)
    slope = 0.11852 - 0.05478 * logarithm
    adjustment = np.where(known == 0, 0.0, slope * slope)
    adjustment = np.where(1.5 * adjustment < 1.0, adjustment, np.nan)
    corporate, retail = _between(known, 50.0, 0.12, 0.24), _between(known, 35.0, 0.03, 0.16)
    return PdTerms(known, corporate, retail, adjustment, normal.quantile(known))


def with_more(terms: PdTerms, pd: Floats) -> PdTerms:
    """Return the terms with those of further PDs before the last row, which belongs to a missing PD."""
    parts = terms[:-1], pd_terms(pd), terms[-1:]
    columns = ("pd", "corporate", "other_retail", "adjustment", "quantile")
    return PdTerms(*(np.concatenate([getattr(part, name) for part in parts]) for name in columns))


def _between(pd: Floats, decay: float, low: float, high: float) -> Floats:
    """Return the correlation, which falls from ``high`` for the best debtors to ``low`` for the worst."""
    weight = np.expm1(-decay * pd) / np.expm1(-decay)
    found: Floats = low * weight + high * (1.0 - weight)
    return found
