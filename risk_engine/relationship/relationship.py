"""The customer relationship: risk-adjusted return, satisfaction, and the recommended play."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, IntFlag

import numpy as np
from numpy.typing import ArrayLike, NDArray

from risk_engine import checks
from risk_engine.checks import Impossible
from risk_engine.credit import Floats, Places
from risk_engine.measure import Measure, divided, table
from risk_engine.relationship.relationship_policy import Plane, Satisfaction

Codes = NDArray[np.int8]
Masks = NDArray[np.int8]


class Play(IntEnum):
    """The playbook's recommendation; none where return, risk or health is unknown. The policy's names, in its order."""

    NONE = 0
    GROW = 1
    FIX_SERVICE = 2
    REPRICE_OR_SECURE = 3
    REDUCE_OR_EXIT = 4


class Lacks(IntFlag):
    """The missing coordinates of a customer on the plane."""

    RAROC = 1
    RISK = 2
    HEALTH = 4


@dataclass(frozen=True, slots=True)
class Satisfied:
    """A satisfaction figure by owner, NaN with too few answers, and the number of answers."""

    figure: Floats
    answers: Places


def raroc(
    revenue: Floats,
    fees: Floats,
    funding: Floats,
    operating_cost: Floats,
    expected_loss: Floats,
    return_on_capital: Floats,
    capital: Floats,
) -> Floats:
    """Return the risk-adjusted return before tax: a year's earnings over the economic capital.

    (revenue + fees - funding - operating cost - expected loss + return on capital) / economic capital; NaN where an input
    is missing or no capital is tied up.

    Args:
        revenue: interest of a year; all amounts are in one unit of money.
        funding: at the transfer price, for the whole loan, although capital funds a part of it.
        return_on_capital: the return on the invested capital.

    Source: Zaik, Walter, Kelling and James, "RAROC at Bank of America", Journal of Applied Corporate Finance 9(2), 1996.
    """
    left = revenue + fees - funding - operating_cost - expected_loss + return_on_capital
    return divided(left, capital)


def price_gap(earned: Floats, capital: Floats, hurdle: float) -> Floats:
    """Return the extra annual price at which the return reaches the hurdle; below 0 if it exceeds it.

    Args:
        earned: the RAROC; capital: in a unit of money, which the gap shares.
    """
    gap: Floats = (hurdle - earned) * capital
    return gap


MEASURES = table(
    [
        Measure(
            "raroc",
            "percent",
            ("revenue", "fees", "funding", "operating_cost", "expected_loss", "return_on_capital", "economic_capital"),
            raroc,
            "high",
            "Zaik, Walter, Kelling and James (1996)",
        ),
    ]
)


def nps(owner: Places, answers: ArrayLike, count: int, policy: Satisfaction) -> Satisfied:
    """Return the net promoter score by owner, -100 to 100: the percentage of nines and tens less that of zeros to sixes.

    Args:
        owner: the owner of each answer, 0 to ``count`` - 1.
        answers: 0 to 10, "how likely are you to recommend us"; NaN is missing and does not count.

    Raises:
        Impossible: an answer that is not a whole number from 0 to 10.

    Source: Reichheld, "The One Number You Need to Grow", Harvard Business Review, December 2003.
    """
    given = _answers(answers, 0, 10)
    mean = _mean(owner, (given >= 9).astype(np.float64) - (given <= 6), ~np.isnan(given), count, policy)
    return Satisfied(100.0 * mean.figure, mean.answers)


def csat(owner: Places, answers: ArrayLike, count: int, policy: Satisfaction) -> Satisfied:
    """Return the share of satisfied answers by owner: fours and fives of 1 to 5.

    Args:
        owner: the owner of each answer, 0 to ``count`` - 1.
        answers: 1 to 5; NaN is missing and does not count.

    Raises:
        Impossible: an answer that is not a whole number from 1 to 5.

    Source: ISO 10004:2018 (monitoring and measuring customer satisfaction); the two best boxes of five.
    """
    given = _answers(answers, 1, 5)
    return _mean(owner, (given >= 4).astype(np.float64), ~np.isnan(given), count, policy)


def _answers(answers: ArrayLike, low: int, high: int) -> Floats:
    given = checks.column("answers", answers)
    if (wrong := np.flatnonzero((given < low) | (given > high) | (given != np.rint(given)) & ~np.isnan(given))).size:
        place = int(wrong[0])
        raise Impossible(field="answers", value=float(given[place]), accepted=f"a whole number from {low} to {high}", place=place)
    return given


def _mean(owner: Places, points: Floats, counts: NDArray[np.bool_], count: int, policy: Satisfaction) -> Satisfied:
    """Return the mean of the points that count; they are whole, so their sum is exact in any order."""
    answered = np.bincount(owner[counts], minlength=count)
    sums = np.bincount(owner[counts], points[counts], count)
    figure = np.divide(sums, answered, out=np.full(count, np.nan), where=answered >= policy.least_answers)
    return Satisfied(figure, answered.astype(np.int64))


def risk_bands(el: Floats, stage: Codes, plane: Plane) -> Codes:
    """Return the risk band: 0 low, 1 medium, 2 high, -1 unknown; the worse of expected loss and stage.

    Args:
        el: one year's expected loss as a share of the exposure, NaN is missing; stage: 1 to 3 of IFRS 9, 0 for none.
    """
    by_loss = np.where(np.isnan(el), -1, np.searchsorted(plane.el, el, side="right"))
    return np.maximum(by_loss, stage.astype(np.int64) - 1).astype(np.int8)


def playbook(earned: Floats, el: Floats, stage: Codes, health: ArrayLike, plane: Plane) -> Codes:
    """Return the :class:`Play` for every customer: grow; fix the service; re-price or take security; reduce or exit.

    Args:
        earned: the RAROC; el, stage: see :func:`risk_bands`; health: of the relationship, 0 to 1. NaN is missing.

    Raises:
        Impossible: a health outside 0 to 1.
    """
    fit = checks.share("health", health)
    returns, risk = np.searchsorted(plane.raroc, earned, side="right"), risk_bands(el, stage, plane)
    known = lacks(earned, el, stage, fit) == 0
    found = plane.codes[(fit >= plane.health).astype(np.int64), np.where(known, returns, 0), np.where(known, risk, 0)]
    return np.where(known, found, Play.NONE).astype(np.int8)


def lacks(earned: Floats, el: Floats, stage: Codes, health: Floats) -> Masks:
    """Return the unknown axes of every customer as :class:`Lacks`; 0 if all are known."""
    parts = (
        (Lacks.RAROC, np.isnan(earned)),
        (Lacks.RISK, np.isnan(el) & (stage < 1)),
        (Lacks.HEALTH, np.isnan(health)),
    )
    found = np.zeros(len(earned), dtype=np.int8)
    for one, where in parts:
        found |= np.where(where, np.int8(one), np.int8(0))
    return found
