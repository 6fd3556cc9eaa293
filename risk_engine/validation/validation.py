"""Validation of a score: its discrimination and calibration against the book's outcomes, judged by the policy."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from risk_engine.grading import Grade
from risk_engine.indicators.monitoring import Colour
from risk_engine.validation import calibration, discrimination
from risk_engine.validation.calibration import BrierParts, Calibration, Fit
from risk_engine.validation.challenger import Comparison
from risk_engine.validation.curves import Curve, cap, roc
from risk_engine.validation.discrimination import Better, Separation, Tally
from risk_engine.validation.validation_policy import Power, Validation


@dataclass(frozen=True, slots=True)
class Discrimination:
    """The discrimination of a score; ``low`` and ``high`` bound the AUC after DeLong.

    ``enough`` is True with the number of bads and goods that the policy requires. ``better`` is the good side of the score. Figures
    that cannot be computed, such as those without bads or without goods, are NaN with light NONE.
    """

    better: Better
    auc: float
    error: float
    low: float
    high: float
    gini: float
    ks: Separation
    bads: int
    goods: int
    left_out: int
    enough: bool
    light: Colour


@dataclass(frozen=True, slots=True)
class Report:
    """The validation report of a score and its PDs.

    ``light`` is the worst of the lights of power and grades, and green only if both could be computed.
    """

    discrimination: Discrimination
    roc: Curve
    cap: Curve
    calibration: Calibration
    fit: Fit
    brier: float
    brier_parts: BrierParts
    light: Colour


def discriminates(policy: Power, cases: Tally, *, better: Better) -> Discrimination:
    """Judge the power of a score from its tally: amber below the policy's first bound, red below its second."""
    bads, goods = int(cases.bads.sum()), int(cases.goods.sum())
    area, error = discrimination.auc(cases), discrimination.standard_error(cases)
    low, high = discrimination.interval(area, error, policy.confidence)
    return Discrimination(
        better=better,
        auc=area,
        error=error,
        low=low,
        high=high,
        gini=discrimination.gini(area),
        ks=discrimination.kolmogorov_smirnov(cases),
        bads=bads,
        goods=goods,
        left_out=cases.left_out,
        enough=bads >= policy.bads and goods >= policy.goods,
        light=Colour.NONE if math.isnan(area) else Colour((area < policy.amber) + (area < policy.red)),
    )


def report(
    policy: Validation,
    *,
    score: ArrayLike,
    better: Better,
    grade: ArrayLike,
    pd: ArrayLike,
    bad: ArrayLike,
    grades: int = len(Grade),
) -> Report:
    """Compare a score, its grades and its PDs with the outcomes.

    Args:
        score, grade, pd: the values before the outcomes; NaN, 0 and NaN for none.
        better: the good side of the score.
        bad: 1 bad, 0 good, NaN where the outcome is unknown.
        grades: the number of grades, 1 the best.

    Raises:
        Impossible: an impossible figure, or columns of different lengths.
    """
    cases = discrimination.tally(score, bad, better=better)
    power = discriminates(policy.power, cases, better=better)
    found = calibration.by_grade(policy.backtest, grade, pd, bad, grades)
    return Report(
        discrimination=power,
        roc=roc(cases, policy.power.points),
        cap=cap(cases, policy.power.points),
        calibration=found,
        fit=calibration.hosmer_lemeshow(found),
        brier=calibration.brier(pd, bad),
        brier_parts=calibration.brier_parts(found),
        light=_worst(power.light, found),
    )


def _worst(power: Colour, found: Calibration) -> Colour:
    """Return the worse of the lights; green only if both power and level could be computed."""
    level = Colour(int(np.max(found.lights, initial=Colour.NONE)))
    return min(power, level) if max(power, level) is Colour.GREEN else max(power, level)


def preferred(policy: Validation, found: Comparison) -> int:
    """Return 1 if the challenger discriminates significantly better, -1 if worse, 0 if chance may explain the difference."""
    return int(math.copysign(1, found.advantage)) if found.p < policy.tell_apart else 0
