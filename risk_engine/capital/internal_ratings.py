"""Capital under Basel's internal ratings-based approach: K, risk weight and RWA of every claim; indicative without approval."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, IntFlag

import numpy as np
from numpy.typing import ArrayLike, NDArray

from risk_engine import checks, normal
from risk_engine.capital.capital_policy import Irb, Size
from risk_engine.checks import Impossible
from risk_engine.credit import Floats
from risk_engine.ratings.pd_terms import PdTerms

Codes = NDArray[np.int8]
Masks = NDArray[np.int8]


class Segment(IntEnum):
    """The risk-weight function of a claim; none where its segment is unknown."""

    NONE = -1
    CORPORATE = 0
    SME = 1
    LARGE_FINANCIAL = 2
    MORTGAGE = 3
    REVOLVING = 4
    OTHER_RETAIL = 5


# the other segments are retail, whose functions have no maturity term
WHOLESALE = Segment.LARGE_FINANCIAL


class Lacks(IntFlag):
    """The missing inputs of a claim's capital."""

    SEGMENT = 1
    PD = 2
    LGD = 4
    MATURITY = 8
    TURNOVER = 16
    BEST_ESTIMATE = 32
    EAD = 64


@dataclass(frozen=True, slots=True)
class Exposures:
    """The other inputs of every claim's capital, one column each; NaN is missing.

    ``segment``: see :class:`Segment`; ``lgd`` a share and ``ead`` in a unit of money; ``maturity`` effective, in years, not needed
    for retail; ``turnover`` in millions like the policy's size bounds, needed for SMEs only; ``best_estimate``: the expected loss of
    a defaulted claim as a share of ``ead``, needed at PD 1 only (under the foundation approach it is the LGD).
    """

    segment: Codes
    lgd: Floats
    ead: Floats
    maturity: Floats
    turnover: Floats
    best_estimate: Floats

    def __len__(self) -> int:
        return len(self.segment)


@dataclass(frozen=True, slots=True)
class Capital:
    """The capital of every claim: ``k`` and ``risk_weight`` as shares of the exposure, ``rwa`` and ``expected_loss`` in its unit.

    ``correlation`` is NaN for a defaulted claim.
    """

    correlation: Floats
    k: Floats
    risk_weight: Floats
    rwa: Floats
    expected_loss: Floats


def exposures(
    segment: ArrayLike,
    lgd: ArrayLike,
    ead: ArrayLike,
    *,
    maturity: ArrayLike = np.nan,
    turnover: ArrayLike = np.nan,
    best_estimate: ArrayLike = np.nan,
) -> Exposures:
    """Return checked exposures as contiguous columns of one length; a scalar applies to every claim.

    Raises:
        Impossible: an unknown segment, a share outside 0 to 1, an amount, a maturity or a turnover below 0.
    """
    codes = np.ascontiguousarray(np.atleast_1d(segment), dtype=np.int8)
    if (wrong := np.flatnonzero((codes < Segment.NONE) | (codes > Segment.OTHER_RETAIL))).size:
        raise Impossible(field="segment", value=int(codes[wrong[0]]), accepted="-1 to 5", place=int(wrong[0]))
    columns = (
        checks.share("lgd", lgd),
        checks.not_negative("ead", ead),
        checks.not_negative("maturity", maturity),
        checks.not_negative("turnover", turnover),
        checks.share("best_estimate", best_estimate),
    )
    same = np.broadcast_arrays(codes, *columns)
    return Exposures(np.ascontiguousarray(same[0]), *(np.ascontiguousarray(one) for one in same[1:]))


def floored_pd(pd: ArrayLike, segment: Codes, policy: Irb) -> Floats:
    """Return the PD, not below the floor of its segment; NaN where it or the segment is unknown.

    Raises:
        Impossible: a PD outside 0 to 1.

    Source: 0.03 % in Basel II (BCBS 128 §§ 285, 331); 0.05 % in Basel III, 0.1 % for revolvers (CRE32).
    """
    floors = policy.pd_floor
    by_segment = np.array([*(getattr(floors, one.name.lower()) for one in Segment if one >= 0), np.nan], dtype=np.float64)
    found: Floats = np.maximum(checks.share("pd", pd), by_segment[segment])
    return found


def capital(terms: PdTerms, claims: Exposures, policy: Irb) -> Capital:
    """Return each claim's capital: K = [LGD N((1-R)^-0.5 G(PD) + (R/(1-R))^0.5 G(0.999)) - PD LGD] (1+(M-2.5) b)/(1-1.5 b).

    Risk weight = 12.5 K, RWA = risk weight · EAD, expected loss = PD · LGD · EAD. A PD of 1 is default: there
    K = max(0, LGD - best estimate of the expected loss), and the best estimate is the expected loss. A PD of 0 gives 0.

    Args:
        terms: the PD terms of each claim, as long as the claims; see :mod:`risk_engine.ratings.pd_terms`.

    Source: BCBS 128 §§ 272-273, 328-330, 375; BCBS 189 § 102 (large financial institutions); CRE31, CRE35.
    """
    correlation, defaulted = _correlation(terms, claims, policy), terms.pd == 1.0
    tail = float(normal.quantile(np.array([policy.confidence]))[0])
    stressed = normal.cumulative((terms.quantile + np.sqrt(correlation) * tail) / np.sqrt(1.0 - correlation))
    alive = claims.lgd * (stressed - terms.pd) * _maturity_factor(terms, claims, policy)
    shortfall = np.where(claims.segment < 0, np.nan, np.maximum(claims.lgd - claims.best_estimate, 0.0))
    k = np.where(defaulted, shortfall, alive)
    weight = 12.5 * policy.scaling * k
    lost = np.where(defaulted, claims.best_estimate, terms.pd * claims.lgd)
    return Capital(np.where(defaulted, np.nan, correlation), k, weight, weight * claims.ead, lost * claims.ead)


def _correlation(terms: PdTerms, claims: Exposures, policy: Irb) -> Floats:
    """Return R by the formula of each claim's segment; NaN for a missing PD."""
    of_segment: dict[Segment, Floats | float] = {
        Segment.CORPORATE: terms.corporate,
        Segment.SME: terms.corporate - _smaller(claims.turnover, policy.size),
        Segment.LARGE_FINANCIAL: terms.corporate * policy.financial_multiplier,
        Segment.MORTGAGE: 0.15,
        Segment.REVOLVING: 0.04,
        Segment.OTHER_RETAIL: terms.other_retail,
    }
    found = np.full(len(claims), np.nan)
    for segment, correlation in of_segment.items():
        found = np.where(claims.segment == segment, correlation, found)
    return np.where(np.isnan(terms.pd), np.nan, found)


def _smaller(turnover: Floats, size: Size) -> Floats:
    """Return the reduction of R for a firm's turnover S: 0.04 (1-(S-5)/45)."""
    held = np.clip(turnover, size.lowest, size.highest)
    found: Floats = size.reduction * (1.0 - (held - size.lowest) / (size.highest - size.lowest))
    return found


def _maturity_factor(terms: PdTerms, claims: Exposures, policy: Irb) -> Floats:
    years = np.clip(claims.maturity, policy.maturity.shortest, policy.maturity.longest)
    factor = (1.0 + (years - 2.5) * terms.adjustment) / (1.0 - 1.5 * terms.adjustment)
    return np.where(claims.segment > WHOLESALE, 1.0, factor)


def lacks(terms: PdTerms, claims: Exposures) -> Masks:
    """Return the missing inputs of every claim's capital and RWA as :class:`Lacks`; 0 if all are known."""
    defaulted = terms.pd == 1.0
    alive, wholesale = ~defaulted, (claims.segment >= 0) & (claims.segment <= WHOLESALE)
    missing = (
        (Lacks.SEGMENT, claims.segment == Segment.NONE),
        (Lacks.PD, np.isnan(terms.pd)),
        (Lacks.LGD, np.isnan(claims.lgd)),
        (Lacks.MATURITY, np.isnan(claims.maturity) & alive & wholesale),
        (Lacks.TURNOVER, np.isnan(claims.turnover) & alive & (claims.segment == Segment.SME)),
        (Lacks.BEST_ESTIMATE, np.isnan(claims.best_estimate) & defaulted),
        (Lacks.EAD, np.isnan(claims.ead)),
    )
    found = np.zeros(len(claims), dtype=np.int8)
    for one, where in missing:
        found |= np.where(where, np.int8(one), np.int8(0))
    return found
