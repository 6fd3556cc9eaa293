"""Back-tests of a PD: the probability of the observed defaults if it were right."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from risk_engine import checks
from risk_engine.checks import Impossible
from risk_engine.indicators.monitoring import Colour
from risk_engine.validation.validation_policy import Backtest

Floats = NDArray[np.float64]


def jeffreys(pd: ArrayLike, defaults: ArrayLike, count: ArrayLike) -> Floats:
    """Return the probability that the true PD is at or below the estimate, given the defaults; a small one means it is too low.

    BetaCDF(PD; d + ½, n - d + ½), the posterior from Jeffreys' prior; NaN without customers or where an input is missing.

    Args:
        pd: the estimate, a share.
        defaults, count: whole numbers, d of n.

    Raises:
        Impossible: a PD outside 0 to 1, counts that are below 0 or not whole, or more defaults than customers.

    Source: ECB, Instructions for reporting the validation results of internal models (February 2019), 2.5.3;
    d 2, n 6, PD .0367 → .0044.
    """
    from scipy.special import betainc

    estimate, d, n = _checked(pd, defaults, count)
    return np.where(n > 0, betainc(d + 0.5, n - d + 0.5, estimate), np.nan)


def binomial(pd: ArrayLike, defaults: ArrayLike, count: ArrayLike) -> Floats:
    """Return the exact probability of this many defaults or more if the PD is right; NaN for missing inputs.

    It assumes independent defaults: with correlated ones it rejects too easily.

    Raises:
        Impossible: a PD outside 0 to 1, counts that are below 0 or not whole, or more defaults than customers.

    Source: Basel Committee, Working Paper 14 (2005), Studies on the validation of internal rating systems, III.
    """
    from scipy.special import betainc

    estimate, d, n = _checked(pd, defaults, count)
    # zero defaults or more are certain; the beta law has no parameter 0
    p = np.where(d > 0, betainc(np.maximum(d, 1.0), n - d + 1.0, estimate), np.where(np.isnan(estimate), np.nan, 1.0))
    return np.where((n > 0) & ~np.isnan(d), p, np.nan)


def too_few(pd: ArrayLike, count: ArrayLike, expected: float) -> NDArray[np.bool_]:
    """Flag tests with fewer expected defaults (n · PD) than they need, or with a missing PD."""
    awaited = checks.share("pd", pd) * checks.not_negative("count", count)
    # products of decimal PDs and counts may miss a whole number by a rounding error
    return ~(np.round(awaited, 9) >= expected)


def lights(policy: Backtest, p: Floats) -> NDArray[np.int8]:
    """Return the light of each p-value: amber below the policy's first bound, red below its second; NONE if missing."""
    shade = Colour.GREEN + (p < policy.amber).astype(np.int8) + (p < policy.red)
    return np.where(np.isnan(p), Colour.NONE, shade).astype(np.int8)


def _checked(pd: ArrayLike, defaults: ArrayLike, count: ArrayLike) -> tuple[Floats, Floats, Floats]:
    estimate, d, n = np.broadcast_arrays(checks.share("pd", pd), _whole("defaults", defaults), _whole("count", count))
    if (d > n).any():
        place = int(np.flatnonzero(d > n)[0])
        raise Impossible(field="defaults", value=float(d[place]), accepted=f"0 to {n[place]:.0f}", place=place)
    return estimate, d, n


def _whole(name: str, values: ArrayLike) -> Floats:
    found = checks.not_negative(name, values)
    broken = np.flatnonzero(found != np.where(np.isnan(found), found, np.rint(found)))
    broken = broken[~np.isnan(found[broken])]
    if len(broken):
        raise Impossible(field=name, value=float(found[broken[0]]), accepted="a whole number", place=int(broken[0]))
    return found
