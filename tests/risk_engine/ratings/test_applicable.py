"""The rating that counts: the bank's own first, of several the worse of the best two, and a default before all."""

from __future__ import annotations

import math

import numpy as np
import pytest

from risk_engine.ratings import applicable

NAN = math.nan


def one(values) -> np.ndarray:
    return np.array(values, dtype=np.float64)


@pytest.mark.parametrize(
    ("pds", "counts"),
    [((0.02,), 0.02), ((0.02, 0.01), 0.02), ((0.03, 0.01, 0.02), 0.02), ((0.05, 0.03, 0.01, 0.02), 0.02), ((NAN, 0.01), 0.01)],
)
def test_of_two_the_worse_of_three_or_more_the_worse_of_the_best_two(pds, counts):
    place = applicable.counting_rating(np.zeros(len(pds), dtype=np.int64), one(pds), np.zeros(len(pds), dtype=bool), 1)

    assert pds[place[0]] == counts


def test_the_banks_own_letter_comes_first_unless_the_policy_says_otherwise():
    owner, pd, own = np.zeros(3, dtype=np.int64), one([0.01, 0.05, 0.09]), np.array([True, False, False])

    assert applicable.counting_rating(owner, pd, own, 1).tolist() == [0]
    assert applicable.counting_rating(owner, pd, own, 1, internal_first=False).tolist() == [1]
    assert applicable.counting_rating(owner, pd, own, 1, internal_first=False, several="worst").tolist() == [2]


def test_nobody_rated_and_letters_on_no_scale_give_none():
    assert applicable.counting_rating(np.array([1]), one([NAN]), np.array([True]), 2).tolist() == [-1, -1]


def test_one_letter_each_counts_whatever_the_order_and_one_on_no_scale_does_not():
    owner, own = np.array([2, 0, 1]), np.array([False, True, False])

    assert applicable.counting_rating(owner, one([0.1, 1.0, NAN]), own, 4).tolist() == [1, -1, 0, -1]
    assert applicable.counting_rating(owner[:0], one([]), own[:0], 2).tolist() == [-1, -1]


def test_whoever_has_defaulted_for_one_agency_has_defaulted():
    owner, own = np.array([0, 0, 0, 0, 1]), np.array([True, False, False, False, True])
    pd = one([0.002, 0.006, 1.0, 0.006, 0.01])

    assert applicable.counting_rating(owner, pd, own, 2).tolist() == [2, 4]
