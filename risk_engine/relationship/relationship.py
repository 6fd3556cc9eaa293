"""The relationship beside the risk: risk-adjusted return, satisfaction, and what to do with whom."""

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
    """What the playbook says; none where the return, the risk or the health is not known. The policy's names, in its order."""

    NONE = 0
    GROW = 1
    FIX_SERVICE = 2
    REPRICE_OR_SECURE = 3
    REDUCE_OR_EXIT = 4


class Lacks(IntFlag):
    """What a customer's place on the plane lacks."""

    RAROC = 1
    RISK = 2
    HEALTH = 4


@dataclass(frozen=True, slots=True)
class Satisfied:
    """A figure of satisfaction by owner, NaN where too few have answered, and how many have."""

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
    """The risk-adjusted return on capital before tax: what a year leaves, over the economic capital it ties up.

    (revenue + fees - funding - operating cost - expected loss + return on capital) / economic capital; NaN where an input
    is missing or no capital is tied up.

    Args:
        revenue: interest of a year, in one unit of money with all the others.
        funding: at the transfer price and for the whole loan, although a part of it is funded by the capital.
        return_on_capital: what the capital earns where it is invested.

    Source: Zaik, Walter, Kelling and James, "RAROC at Bank of America", Journal of Applied Corporate Finance 9(2), 1996.
    """
    left = revenue + fees - funding - operating_cost - expected_loss + return_on_capital
    return divided(left, capital)


def price_gap(earned: Floats, capital: Floats, hurdle: float) -> Floats:
    """What a customer would have to pay more a year for the return to reach the hurdle; below 0 where it is above.

    Args:
        earned: the RAROC; capital: in a unit of money, which the gap has too.
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
    """The net promoter score by owner, -100 to 100: the percentage of nines and tens less that of zeros to sixes.

    Args:
        owner: whose answer, 0 to ``count`` - 1.
        answers: 0 to 10, "how likely are you to recommend us"; NaN where there is none, which does not count.

    Raises:
        Impossible: an answer that is not a whole number from 0 to 10.

    Source: Reichheld, "The One Number You Need to Grow", Harvard Business Review, December 2003.
    """
    given = _answers(answers, 0, 10)
    mean = _mean(owner, (given >= 9).astype(np.float64) - (given <= 6), ~np.isnan(given), count, policy)
    return Satisfied(100.0 * mean.figure, mean.answers)


def csat(owner: Places, answers: ArrayLike, count: int, policy: Satisfaction) -> Satisfied:
    """The share of satisfied answers by owner: fours and fives of 1 to 5.

    Args:
        owner: whose answer, 0 to ``count`` - 1.
        answers: 1 to 5; NaN where there is none, which does not count.

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
    """The mean of the points that count; they are whole, so that their sum is exact in any order."""
    answered = np.bincount(owner[counts], minlength=count)
    sums = np.bincount(owner[counts], points[counts], count)
    figure = np.divide(sums, answered, out=np.full(count, np.nan), where=answered >= policy.least_answers)
    return Satisfied(figure, answered.astype(np.int64))


def risk_bands(el: Floats, stage: Codes, plane: Plane) -> Codes:
    """How risky: 0 low, 1 middling, 2 high, -1 not known; by the expected loss or by the stage, the worse of the two known ones.

    Args:
        el: expected loss of a year as a share of the exposure, NaN is missing; stage: 1 to 3 of IFRS 9, 0 for none.
    """
    by_loss = np.where(np.isnan(el), -1, np.searchsorted(plane.el, el, side="right"))
    return np.maximum(by_loss, stage.astype(np.int64) - 1).astype(np.int8)


def playbook(earned: Floats, el: Floats, stage: Codes, health: ArrayLike, plane: Plane) -> Codes:
    """What to do with every customer, as :class:`Play`: grow; fix the service; re-price or take security; reduce or exit.

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
    """Which of the three axes is not known of every customer, as :class:`Lacks`; 0 where all are."""
    parts = (
        (Lacks.RAROC, np.isnan(earned)),
        (Lacks.RISK, np.isnan(el) & (stage < 1)),
        (Lacks.HEALTH, np.isnan(health)),
    )
    found = np.zeros(len(earned), dtype=np.int8)
    for one, where in parts:
        found |= np.where(where, np.int8(one), np.int8(0))
    return found
