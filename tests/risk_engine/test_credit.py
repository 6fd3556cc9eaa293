"""Exposure, expected loss and sums by owner: published values, and laws that hold for any book."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from risk_engine import credit, grading
from risk_engine.grading import Grade

NAN = math.nan


def one(values) -> np.ndarray:
    return np.array(values, dtype=np.float64)


def test_the_expected_loss_of_the_standards_own_example():
    assert credit.expected_loss(one([0.005]), one([0.25]), one([1_000_000])).tolist() == [1250.0]


def test_a_pd_is_floored_and_a_missing_one_stays_missing():
    floored = credit.floored(one([0.0, 0.0003, 0.0058, NAN, 1.0]), 0.0005)

    np.testing.assert_array_equal(floored, [0.0005, 0.0005, 0.0058, NAN, 1.0])


def test_the_undrawn_part_counts_by_its_factor_and_never_below_nothing():
    drawn = credit.exposure_at_default(one([100, 100, 100]), one([60, 100, 120]), one([0.4, 0.4, 0.4]))

    assert drawn.tolist() == [76.0, 100.0, 120.0]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 10**14)), max_size=40), st.randoms(use_true_random=False))
def test_a_sum_does_not_depend_on_the_order_of_its_parts(parts, random):
    def sums(pairs):
        return credit.total(np.array([owner for owner, _cents in pairs], dtype=np.int64), one([cents / 100 for _owner, cents in pairs]), 5)

    mixed = random.sample(parts, len(parts))

    np.testing.assert_array_equal(sums(parts), sums(mixed))


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1e12))
def test_more_likely_default_never_means_a_smaller_loss(low, high, lgd, ead):
    low, high = min(low, high), max(low, high)

    assert credit.expected_loss(one([low]), one([lgd]), one([ead]))[0] <= credit.expected_loss(one([high]), one([lgd]), one([ead]))[0]


def test_the_worst_of_several_is_the_earliest_of_equals():
    assert credit.worst_of(np.array([0, 0, 0, 2]), one([5, 9, 9, NAN]), 3).tolist() == [1, -1, -1]


ROWS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from([NAN, -1.0, 0.0, 2.0, 7.5])), max_size=20)


@given(ROWS)
def test_the_worst_is_what_a_look_at_every_row_finds(rows):
    expected = []
    for each in range(4):
        mine = [(-badness, place) for place, (owner, badness) in enumerate(rows) if owner == each and not math.isnan(badness)]
        expected.append(min(mine)[1] if mine else -1)
    owner, badness = np.array([owner for owner, _badness in rows], dtype=np.int64), one([badness for _owner, badness in rows])

    assert credit.worst_of(owner, badness, 4).tolist() == expected


def test_grades_of_whole_numbers_have_a_worst_too():
    assert credit.worst_of(np.array([1, 1, 0]), np.array([2, 3, 0], dtype=np.int8), 2).tolist() == [2, 1]


def test_a_figure_on_a_bound_has_reached_it_and_a_missing_one_asks_for_nothing():
    grades = grading.graded(one([0, 1, 30, 31, 89, 90, NAN]), (1, 31, 90))

    assert grades.tolist() == [Grade.LOW, Grade.MEDIUM, Grade.MEDIUM, Grade.HIGH, Grade.HIGH, Grade.CRITICAL, grading.NONE]
