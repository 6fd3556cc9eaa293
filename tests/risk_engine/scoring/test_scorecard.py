"""The scorecard: bands, weights, what is missing, and the laws of a transparent sum."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from risk_engine.grading import Grade
from risk_engine.policy.card_policy import Card, Component, Factor
from risk_engine.policy.scoring_policy import Grades
from risk_engine.scoring import scorecard

NAN = math.nan
COVER = Component(measure="interest_coverage", weight=3, bounds=(1.0, 2.0, 4.0), points=(0, 30, 70, 100))
DEBT = Component(measure="debt_ratio", bounds=(0.5, 0.8), points=(100, 50, 0))
PD = Component(measure="pd", bounds=(0.01, 0.1), points=(100, 40, 0))
CARD = Card(
    factors=(
        Factor(name="financial_condition", weight=6, components=(COVER, DEBT)),
        Factor(name="rating", weight=4, components=(PD,)),
    ),
    grades=(70, 50, 30),
    enough=0.5,
    nothing_known="high",
)


def marks(coverage, debt, pd) -> scorecard.Marks:
    figures = {"interest_coverage": coverage, "debt_ratio": debt, "pd": pd}
    return scorecard.mark(CARD, {name: np.atleast_1d(np.asarray(column, dtype=np.float64)) for name, column in figures.items()})


@pytest.mark.parametrize(
    ("figure", "points"), [(0.99, 0), (1.0, 30), (1.99, 30), (2.0, 70), (3.99, 70), (4.0, 100), (1e12, 100), (-1e12, 0), (NAN, NAN)]
)
def test_a_figure_on_a_bound_has_reached_the_band_above_it(figure, points):
    found = scorecard.worths(COVER, np.array([figure]))[0]

    assert found == points or (math.isnan(found) and math.isnan(points))


def test_points_are_weighted_within_the_factor_and_the_factors_among_each_other():
    found = marks(2.5, 0.9, 0.05)

    # (3 · 70 + 1 · 0) / 4 = 52.5, and (6 · 52.5 + 4 · 40) / 10 = 47.5
    assert found.factors["financial_condition"][0] == 52.5
    assert found.score[0] == 47.5
    assert (found.confidence[0], found.lowest[0], found.highest[0]) == (1.0, 47.5, 47.5)
    assert found.points["rating", "pd"][0] == 40


FIGURE = st.one_of(st.just(NAN), st.floats(-1, 5))


@given(st.tuples(FIGURE, FIGURE, FIGURE), st.dictionaries(st.sampled_from(["interest_coverage", "debt_ratio", "pd", "unheard_of"]), FIGURE))
def test_marking_anew_what_has_changed_is_marking_all_of_it_again_bit_for_bit(first, changes):
    before = marks(*first)
    changed = {name: np.array([value]) for name, value in changes.items()}
    figures = dict(zip(("interest_coverage", "debt_ratio", "pd"), (np.array([value]) for value in first), strict=True))

    found, again = scorecard.marked_anew(CARD, before, changed), scorecard.mark(CARD, figures | changed)

    for name in ("score", "confidence", "lowest", "highest"):
        assert getattr(found, name).tobytes() == getattr(again, name).tobytes()
    for name in ("factors", "points", "sums"):
        np.testing.assert_equal(getattr(found, name), getattr(again, name))


def test_marking_anew_leaves_the_marks_before_as_they_were():
    before = marks(2.5, 0.9, 0.05)
    scorecard.marked_anew(CARD, before, {"pd": np.array([0.001])})

    assert before.points["rating", "pd"][0] == 40
    assert before.sums["rating"][0][0] == 40


def test_a_missing_factor_widens_the_score_and_does_not_lower_it():
    found = marks(NAN, NAN, 0.001)

    assert found.score[0] == 100
    assert math.isnan(found.factors["financial_condition"][0])
    assert (found.confidence[0], found.lowest[0], found.highest[0]) == (0.4, 40.0, 100.0)


def test_a_factor_known_in_part_counts_with_the_part():
    found = marks(NAN, 0.6, 0.05)

    # a quarter of the first factor: (6 · ¼ · 50 + 4 · 40) / (6 · ¼ + 4)
    assert found.score[0] == pytest.approx((75 + 160) / 5.5)
    assert found.confidence[0] == 0.55
    assert (found.lowest[0], found.highest[0]) == pytest.approx((23.5, 68.5))


def test_nothing_known_gives_no_score_and_the_whole_range():
    found = marks(NAN, NAN, NAN)

    assert math.isnan(found.score[0])
    assert (found.confidence[0], found.lowest[0], found.highest[0]) == (0, 0, 100)
    assert scorecard.graded(CARD, found.score)[0] == 0


@pytest.mark.parametrize(
    ("score", "grade"),
    [(100, 1), (70, 1), (69.999, 2), (50, 2), (49.999, 3), (30, 3), (29.999, 4), (0, 4), (NAN, 0)],
)
def test_a_score_below_a_bound_is_one_grade_worse(score, grade):
    assert scorecard.graded(CARD, np.array([score], dtype=np.float64))[0] == grade


def test_a_card_of_which_little_is_known_ranks_by_what_it_knows():
    good, bad = (marks(NAN, NAN, pd).score for pd in (0.001, 0.5))

    assert [scorecard.graded(CARD, score)[0] for score in (good, bad)] == [Grade.LOW, Grade.CRITICAL]


@pytest.mark.parametrize(
    ("model", "values", "instead"),
    [
        (Card, CARD.model_dump() | {"unsure": "medium"}, "unsure is no longer a key; write nothing_known"),
        (Grades, {"not_rated": "medium"}, "not_rated is no longer a key; write scoring.card.nothing_known"),
    ],
)
def test_a_key_of_earlier_versions_is_refused_with_the_one_to_write_instead(model, values, instead):
    with pytest.raises(ValidationError, match=instead):
        model.model_validate(values)


figures = st.one_of(st.just(NAN), st.floats(-10, 10))
rows = st.lists(st.tuples(figures, figures, figures), min_size=1, max_size=12)


@given(rows)
def test_one_alone_is_marked_as_among_many(batch):
    together = marks(*zip(*batch, strict=True))

    for place, row in enumerate(batch):
        alone = marks(*row)
        for name in ("score", "confidence", "lowest", "highest"):
            assert getattr(alone, name)[0].tobytes() == getattr(together, name)[place].tobytes()


@given(rows)
def test_the_score_lies_between_what_missing_figures_could_make_of_it(batch):
    found = marks(*zip(*batch, strict=True))
    known = ~np.isnan(found.score)

    assert (found.lowest <= found.highest + 1e-9).all()
    assert (found.lowest[known] <= found.score[known] + 1e-9).all()
    assert (found.score[known] <= found.highest[known] + 1e-9).all()


@given(figures, figures, st.floats(-10, 10), st.floats(0, 5))
def test_a_better_figure_never_lowers_the_score(debt, pd, coverage, more):
    assert marks(coverage + more, debt, pd).score[0] >= marks(coverage, debt, pd).score[0]


@given(figures, figures, figures, st.sampled_from(range(3)), st.floats(-10, 10))
def test_learning_a_figure_never_leaves_what_was_thought_possible(coverage, debt, pd, which, learnt):
    before = [coverage, debt, pd]
    before[which] = NAN
    after = list(before)
    after[which] = learnt
    wide, narrow = marks(*before), marks(*after)

    assert narrow.confidence[0] > wide.confidence[0]
    assert wide.lowest[0] - 1e-9 <= narrow.lowest[0]
    assert narrow.highest[0] <= wide.highest[0] + 1e-9


def test_the_measures_are_those_of_the_components_in_order_and_once():
    twice = CARD.model_copy(update={"factors": (*CARD.factors, Factor(name="market", weight=1, components=(DEBT,)))})

    assert twice.measures == ("interest_coverage", "debt_ratio", "pd")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"points": (0, 50)}, "one entry more than bounds"),
        ({"points": (0, 50, 40, 100)}, "must not rise and fall"),
        ({"bounds": (2.0, 1.0, 4.0)}, "must be finite and rise"),
        ({"bounds": (1.0, 1.0, 4.0)}, "must be finite and rise"),
        ({"bounds": (1.0, 2.0, math.inf)}, "must be finite and rise"),
        ({"points": (0, 30, 70, 101)}, "less than or equal to 100"),
        ({"weight": 0}, "greater than 0"),
    ],
)
def test_a_component_out_of_order_is_refused(changes, said):
    with pytest.raises(ValidationError, match=said):
        Component(**COVER.model_dump() | changes)


def test_equal_points_of_two_bands_are_allowed():
    assert Component(measure="x", bounds=(1, 2), points=(0, 0, 5)).worths[:2].tolist() == [0, 0]


@pytest.mark.parametrize("grades", [(50, 50, 30), (30, 50, 70), (70, 50, 0)])
def test_bounds_of_grades_fall(grades):
    with pytest.raises(ValidationError, match="must fall to above 0"):
        Card(**CARD.model_dump() | {"grades": grades})


def test_a_factor_or_a_figure_counts_once():
    with pytest.raises(ValidationError, match="two factors are called rating"):
        Card(**CARD.model_dump() | {"factors": (CARD.factors[1], CARD.factors[1])})
    with pytest.raises(ValidationError, match="rating: pd counts twice"):
        Factor(name="rating", weight=1, components=(PD, PD))
