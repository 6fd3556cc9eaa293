"""Calibration: the level of PDs against observed default rates, grade by grade."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from risk_engine import checks
from risk_engine.grading import Grade
from risk_engine.validation import backtest
from risk_engine.validation.discrimination import outcomes
from risk_engine.validation.mobility import graded
from risk_engine.validation.validation_policy import Backtest

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Calibration:
    """One row per grade, from grade 1 on: customers, defaults, mean PD, rate, both tests and their light.

    ``too_few`` flags p-values with fewer expected defaults than the policy requires. A grade without
    customers has no PD, rate, test or light. ``left_out`` lacked a grade, a PD or an outcome.
    """

    count: Counts
    defaults: Counts
    pd: Floats
    rate: Floats
    jeffreys: Floats
    binomial: Floats
    too_few: NDArray[np.bool_]
    lights: NDArray[np.int8]
    left_out: int


@dataclass(frozen=True, slots=True)
class Fit:
    """The Hosmer-Lemeshow statistic, its degrees of freedom, and its p-value."""

    statistic: float
    freedom: int
    p: float


@dataclass(frozen=True, slots=True)
class BrierParts:
    """The parts of the Brier score of the grades' mean PDs: score = reliability - resolution + uncertainty."""

    reliability: float
    resolution: float
    uncertainty: float

    @property
    def score(self) -> float:
        return self.reliability - self.resolution + self.uncertainty


def by_grade(policy: Backtest, grade: ArrayLike, pd: ArrayLike, bad: ArrayLike, grades: int = len(Grade)) -> Calibration:
    """Compare the PDs of each grade with the outcomes; the light is that of Jeffreys' test.

    Args:
        grade: 1 to ``grades`` for each customer, 0 for none; all customers in grade 1 of 1 test the whole book.
        pd: the estimate before the outcome; NaN for none.
        bad: 1 defaulted, 0 did not, NaN where the outcome is unknown.

    Raises:
        Impossible: an impossible grade, PD or outcome, or columns of different lengths.
    """
    estimates = checks.share("pd", pd)
    place, happened = graded("grade", grade, grades, len(estimates)), outcomes(bad, len(estimates))
    known = (place > 0) & ~np.isnan(estimates) & ~np.isnan(happened)
    place, estimates, happened = place[known], estimates[known], happened[known]
    count = np.bincount(place, minlength=grades + 1)[1:]
    defaults = np.bincount(place[happened == 1], minlength=grades + 1)[1:]
    mean = np.array([_mean(estimates[place == one]) for one in range(1, grades + 1)])
    p = backtest.jeffreys(mean, defaults, count)
    return Calibration(
        count=count,
        defaults=defaults,
        pd=mean,
        rate=np.divide(defaults, count, out=np.full(grades, np.nan), where=count > 0),
        jeffreys=p,
        binomial=backtest.binomial(mean, defaults, count),
        too_few=backtest.too_few(mean, count, policy.expected),
        lights=backtest.lights(policy, p),
        left_out=int((~known).sum()),
    )


def hosmer_lemeshow(found: Calibration) -> Fit:
    """Return Σ (d - n·PD)² / (n·PD·(1 - PD)) over grades with customers, against chi-square of as many degrees of freedom.

    The degrees of freedom equal the grades, as the PDs were not fitted to these outcomes. Not computable without customers, or with a mean
    PD of 0 or 1, which leaves nothing to chance.

    Source: Hosmer, Lemeshow (1980); Basel Committee, Working Paper 14 (2005), III.
    """
    from scipy.special import chdtrc

    has = found.count > 0
    n, d, pd = found.count[has], found.defaults[has], found.pd[has]
    variance = n * pd * (1.0 - pd)
    if not len(n) or not (variance > 0).all():
        return Fit(math.nan, len(n), math.nan)
    # a default at a PD of almost 0 has an infinite statistic
    with np.errstate(over="ignore"):
        statistic = math.fsum(((d - n * pd) ** 2 / variance).tolist())
    return Fit(statistic, len(n), float(chdtrc(len(n), statistic)))


def brier(pd: ArrayLike, bad: ArrayLike) -> float:
    """Return the mean squared distance between PD and outcome, 0 best; NaN without pairs of both.

    Raises:
        Impossible: an impossible PD or outcome, or columns of different lengths.

    Source: Brier (1950), Verification of forecasts expressed in terms of probability.
    """
    estimates = checks.share("pd", pd)
    apart = (estimates - outcomes(bad, len(estimates))) ** 2
    return _mean(apart[~np.isnan(apart)])


def brier_parts(found: Calibration) -> BrierParts:
    """Return the parts: distance of PDs from rates, spread of the rates, and uncertainty of the book.

    The identity is exact for one forecast per grade, so each grade's mean PD is used; NaN without customers.

    Source: Murphy (1973), A new vector partition of the probability score.
    """
    has, total = found.count > 0, int(found.count.sum())
    if not total:
        return BrierParts(math.nan, math.nan, math.nan)
    share, rate = found.count[has] / total, found.rate[has]
    overall = int(found.defaults.sum()) / total
    reliability = math.fsum((share * (found.pd[has] - rate) ** 2).tolist())
    resolution = math.fsum((share * (rate - overall) ** 2).tolist())
    return BrierParts(reliability, resolution, overall * (1.0 - overall))


def _mean(values: Floats) -> float:
    """Return the mean, independent of the order of the values; NaN without values."""
    return math.fsum(values.tolist()) / len(values) if len(values) else math.nan
