"""Reduced scorecards: a card without some factors, used to validate it against the letters that it contains."""

from __future__ import annotations

from collections.abc import Collection

from risk_engine.grading import Grades
from risk_engine.policy.policy import Policy
from risk_engine.scoring.drivers import graded
from risk_engine.scoring.scoring import Scores

# drivers of a grade that stem from the letter, besides the card itself
_OF_RATING = frozenset({"pd", "unknown"})


def without(policy: Policy, names: Collection[str]) -> Policy:
    """Return the policy with a card that lacks these factors; at least one other must stay."""
    card = policy.scoring.card
    kept = tuple(factor for factor in card.factors if factor.name not in names)
    smaller = card.model_copy(update={"factors": kept})
    return policy.model_copy(update={"scoring": policy.scoring.model_copy(update={"card": smaller})})


def grades(scores: Scores, names: Collection[str]) -> Grades:
    """Return the model's grades without these factors and, for the rating, without its floors; 0 without other drivers."""
    silent = _OF_RATING if "rating" in names else frozenset()
    return graded(tuple(driver for driver in scores.drivers if driver.name not in silent))
