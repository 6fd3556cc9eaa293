"""A card with factors left out."""

from __future__ import annotations

import numpy as np
import pytest

from risk_engine.grading import Grade
from risk_engine.scoring import reduced_card
from risk_engine.scoring.scoring import score
from storage.policy import policies
from tests.risk_engine import books

POLICY = policies.read(None)
NAMES = [factor.name for factor in POLICY.scoring.card.factors]


def scored(without, *, letter="CCC", **tables):
    smaller = reduced_card.without(POLICY, without)
    return score(smaller, books.book(1, ratings=books.ratings([(0, "S&P", "global", letter)] if letter else []), **tables))


@pytest.mark.parametrize("name", NAMES)
def test_the_named_factor_is_left_out_and_the_others_stay(name):
    smaller = reduced_card.without(POLICY, [name])

    assert [factor.name for factor in smaller.scoring.card.factors] == [other for other in NAMES if other != name]
    assert [factor.name for factor in POLICY.scoring.card.factors] == NAMES
    assert smaller.scoring.card.grades == POLICY.scoring.card.grades


def test_without_the_rating_the_letter_counts_nowhere():
    whole, less = scored([]), scored(["rating"])

    assert reduced_card.grades(whole, []).tolist() == whole.model_grades.tolist() == [Grade.CRITICAL]
    assert "points.rating" not in less.figures
    assert np.isnan(less.figures["points"][0])
    assert reduced_card.grades(less, ["rating"]).tolist() == [0]


def test_without_the_rating_nobody_is_worse_for_having_none():
    assert reduced_card.grades(scored([], letter=None), []).tolist() == [Grade.MEDIUM]
    assert reduced_card.grades(scored(["rating"], letter=None), ["rating"]).tolist() == [0]


def test_what_else_speaks_for_a_grade_still_does():
    threat = books.troubles([(0, 1, 3)])

    assert reduced_card.grades(scored(["rating"], threats=threat), ["rating"]).tolist() == [Grade.HIGH]


def test_another_factor_left_out_leaves_the_letters_floor():
    less = scored(["collateral"], letter="CCC")

    assert reduced_card.grades(less, ["collateral"]).tolist() == [Grade.CRITICAL]
