"""The scorecard: figures become points, points a score, and missing figures widen its range instead of lowering it."""

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
    """The card's result for every customer, 0 worst to 100 best; NaN where all of its figures are missing.

    ``confidence`` is the known share of the weights. The score would be ``lowest`` with the worst missing figures, and ``highest``
    with the best. ``factors`` are the points of each factor by name, ``points`` of each figure by factor and measure; ``sums`` are
    each factor's weighted sum of points, and the known share of its weights.
    """

    score: Floats
    confidence: Floats
    lowest: Floats
    highest: Floats
    factors: dict[str, Floats]
    points: dict[tuple[str, str], Floats]
    sums: dict[str, tuple[Floats, Floats]]


def mark(card: Card, figures: Mapping[str, Floats]) -> Marks:
    """Add up every customer's points: within a factor over the known figures, over the factors by their weights.

    A partly known factor counts in the score with its known figures, and in the confidence with their share.
    """
    points: dict[tuple[str, str], Floats] = {}
    for factor in card.factors:
        points |= {(factor.name, one.measure): worths(one, figures[one.measure]) for one in factor.components}
    sums: dict[str, tuple[Floats, Floats]] = {factor.name: _added(factor, points) for factor in card.factors}
    return _marked(card, points, sums, {name: divided(added, shares) for name, (added, shares) in sums.items()})


def marked_anew(card: Card, before: Marks, changed: Mapping[str, Floats]) -> Marks:
    """Return the marks after some figures changed, recomputing only the factors that use them."""
    points, sums, factors = dict(before.points), dict(before.sums), dict(before.factors)
    for factor in card.factors:
        touched = [one for one in factor.components if one.measure in changed]
        points |= {(factor.name, one.measure): worths(one, changed[one.measure]) for one in touched}
        if touched:
            added, shares = sums[factor.name] = _added(factor, points)
            factors[factor.name] = divided(added, shares)
    return _marked(card, points, sums, factors)


def _marked(card: Card, points: dict[tuple[str, str], Floats], sums: dict[str, tuple[Floats, Floats]], factors: dict[str, Floats]) -> Marks:
    """Combine the factors by their weights."""
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
    """Return the factor's weighted sum of points, and the known share of its weights."""
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
    """Return the points of each figure by its band; NaN for a missing one."""
    bands = reached(figures, component.bounds)
    bands[np.isnan(figures)] = len(component.points)
    found: Floats = component.worths.take(bands)
    return found


def graded(card: Card, scores: Floats) -> Grades:
    """Return the grade of each score: a score below a bound is one grade worse; 0 without a score."""
    low, medium, high = card.grades
    below = (scores < low).astype(np.int8) + (scores < medium) + (scores < high)
    return np.where(np.isnan(scores), 0, Grade.LOW + below).astype(np.int8)
