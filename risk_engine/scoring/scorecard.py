"""The scorecard: figures become points, points a score, and what is missing widens the score instead of lowering it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from risk_engine.credit import Floats
from risk_engine.grading import Grade, Grades
from risk_engine.measure import divided, reached
from risk_engine.policy.card_policy import Card, Component, Factor


@dataclass(frozen=True, slots=True)
class Marks:
    """What the card makes of every customer, 0 worst to 100 best; NaN where nothing of it is known.

    ``confidence`` is the share of the weights that is known. Had everything missing been worst, the score would be
    ``lowest``; had it been best, ``highest``. ``factors`` are the points of each factor by name, ``points`` of each
    figure by factor and measure; ``sums`` are what each factor's points add up to by weight, and the share of it that is known.
    """

    score: Floats
    confidence: Floats
    lowest: Floats
    highest: Floats
    factors: dict[str, Floats]
    points: dict[tuple[str, str], Floats]
    sums: dict[str, tuple[Floats, Floats]]


def mark(card: Card, figures: Mapping[str, Floats]) -> Marks:
    """Add up every customer's points: within a factor over the figures that are known, over the factors by their weights.

    A factor of which only some figures are known counts in the score with these, and in the confidence with their share.
    """
    points: dict[tuple[str, str], Floats] = {}
    for factor in card.factors:
        points |= {(factor.name, one.measure): worths(one, figures[one.measure]) for one in factor.components}
    sums: dict[str, tuple[Floats, Floats]] = {factor.name: _added(factor, points) for factor in card.factors}
    return _marked(card, points, sums, {name: divided(added, shares) for name, (added, shares) in sums.items()})


def marked_anew(card: Card, before: Marks, changed: Mapping[str, Floats]) -> Marks:
    """The marks with some figures changed, as if all of them were marked again: what has not changed is not looked at twice."""
    points, sums, factors = dict(before.points), dict(before.sums), dict(before.factors)
    for factor in card.factors:
        touched = [one for one in factor.components if one.measure in changed]
        points |= {(factor.name, one.measure): worths(one, changed[one.measure]) for one in touched}
        if touched:
            added, shares = sums[factor.name] = _added(factor, points)
            factors[factor.name] = divided(added, shares)
    return _marked(card, points, sums, factors)


def _marked(card: Card, points: dict[tuple[str, str], Floats], sums: dict[str, tuple[Floats, Floats]], factors: dict[str, Floats]) -> Marks:
    """The factors together by their weights."""
    count = len(next(iter(points.values())))
    total, known, weights = np.zeros(count), np.zeros(count), 0.0
    for factor in card.factors:
        added, shares = sums[factor.name]
        weights += factor.weight
        total += factor.weight * added
        known += factor.weight * shares
    confidence, lowest = known / weights, total / weights
    return Marks(divided(total, known), confidence, lowest, lowest + 100.0 * (1.0 - confidence), factors, points, sums)


def _added(factor: Factor, points: Mapping[tuple[str, str], Floats]) -> tuple[Floats, Floats]:
    """The factor's points by weight, and the share of its weights that is known."""
    count = len(next(iter(points.values())))
    sums, shares = np.zeros(count), np.zeros(count)
    whole = sum(one.weight for one in factor.components)
    for one in factor.components:
        worth = points[factor.name, one.measure]
        has = ~np.isnan(worth)
        sums += np.where(has, worth, 0.0) * (one.weight / whole)
        shares += has * (one.weight / whole)
    return sums, shares


def worths(component: Component, figures: Floats) -> Floats:
    """The points of each figure by its band; NaN for a missing one."""
    bands = reached(figures, component.bounds)
    bands[np.isnan(figures)] = len(component.points)
    found: Floats = component.worths.take(bands)
    return found


def graded(card: Card, scores: Floats) -> Grades:
    """The grade that each score asks for: a score below a bound is one grade worse; 0 where there is no score."""
    low, medium, high = card.grades
    below = (scores < low).astype(np.int8) + (scores < medium) + (scores < high)
    return np.where(np.isnan(scores), 0, Grade.LOW + below).astype(np.int8)


def asked(card: Card, marks: Marks) -> Grades:
    """The grade that the card asks for: by the score, and ``unsure`` where too little is known to praise or to condemn."""
    grades = graded(card, marks.score)
    return np.where((grades > 0) & (marks.confidence < card.enough), Grade[card.unsure.upper()], grades).astype(np.int8)
