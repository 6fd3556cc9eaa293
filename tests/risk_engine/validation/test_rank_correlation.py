"""Rank correlation: pairs counted one by one, published rankings, and laws that hold for any two orders."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau, spearmanr

from risk_engine.checks import Impossible
from risk_engine.validation.rank_correlation import agreement, inversions
from tests.risk_engine.refused import facts_of

NAN = math.nan
pairs = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=40)


def by_pairs(pairs) -> float:
    """Kendall's tau-b pair by pair."""
    signs = [(np.sign(a[0] - b[0]), np.sign(a[1] - b[1])) for a, b in combinations(pairs, 2)]
    apart = sum(1 for x, _ in signs if x) * sum(1 for _, y in signs if y)
    return sum(int(x * y) for x, y in signs) / math.sqrt(apart) if apart else NAN


@given(pairs)
def test_pairs_counted_one_by_one_give_the_same(pairs):
    assert agreement(*zip(*pairs, strict=True)).kendall == pytest.approx(by_pairs(pairs), abs=1e-14, nan_ok=True)


@given(pairs)
def test_scipy_finds_the_same(pairs):
    first, second = zip(*pairs, strict=True)
    found = agreement(first, second)

    if len(set(first)) > 1 and len(set(second)) > 1:
        assert found.spearman == pytest.approx(spearmanr(first, second).statistic, abs=1e-12)
        assert found.kendall == pytest.approx(kendalltau(first, second).statistic, abs=1e-12)
    else:
        assert math.isnan(found.spearman)
        assert math.isnan(found.kendall)


def test_two_rankings_by_hand():
    # Σ d² = 4, and of ten pairs two stand the wrong way round
    found = agreement([1, 2, 3, 4, 5], [1, 3, 2, 5, 4])

    assert (found.kendall, found.count) == (0.6, 5)
    assert found.spearman == pytest.approx(1 - 6 * 4 / 120, rel=1e-15)


def test_ties_count_as_ties():
    # pairs: 1-2 tied in the first, 3-4 tied in the second, the four others agree: 4 / √(5 · 5)
    found = agreement([1, 1, 2, 3], [1, 2, 3, 3])

    assert found.kendall == 0.8
    # ranks 1.5 1.5 3 4 and 1 2 3.5 3.5
    assert found.spearman == pytest.approx(4.0 / 4.5, rel=1e-15)


@given(st.lists(st.integers(0, 20), min_size=2, max_size=60))
def test_the_same_order_is_exactly_one_and_the_opposite_exactly_minus_one(values):
    same, opposite = agreement(values, values), agreement(values, [-value for value in values])

    if len(set(values)) > 1:
        assert (same.spearman, same.kendall) == (1, 1)
        assert (opposite.spearman, opposite.kendall) == (-1, -1)


@given(pairs, st.randoms(use_true_random=False))
def test_neither_the_order_of_the_customers_nor_the_size_of_the_figures_changes_a_bit(pairs, random):
    mixed = [(math.exp(x), y**3) for x, y in random.sample(pairs, len(pairs))]

    assert repr(agreement(*zip(*mixed, strict=True))) == repr(agreement(*zip(*pairs, strict=True)))


@given(pairs)
def test_whichever_comes_first(pairs):
    first, second = zip(*pairs, strict=True)

    assert repr(agreement(first, second)) == repr(agreement(second, first))


def test_whoever_lacks_one_of_the_two_is_left_out():
    found = agreement([1, NAN, 2, 3, 4], [1, 2, NAN, 3, 4])

    assert (found.spearman, found.kendall, found.count) == (1, 1, 3)


@pytest.mark.parametrize("case", [([], []), ([1], [1]), ([1, 1], [1, 2]), ([1, 2], [1, 1]), ([1, NAN], [1, 2])])
def test_no_order_to_compare_is_not_computable(case):
    found = agreement(*case)

    assert math.isnan(found.spearman)
    assert math.isnan(found.kendall)


@given(st.lists(st.integers(0, 70), max_size=60))
def test_inversions_counted_one_by_one_give_the_same(values):
    expected = sum(1 for a, b in combinations(values, 2) if a > b)

    assert inversions(np.array(values, dtype=np.int64)) == expected


def test_a_long_order_is_counted_exactly():
    count = 100_000
    values = np.arange(count)

    assert inversions(values[::-1].copy()) == count * (count - 1) // 2
    assert inversions(values) == 0
    assert agreement(values, values).spearman == 1
    assert agreement(values, values[::-1]).kendall == -1


def test_columns_of_different_lengths_are_refused():
    with pytest.raises(Impossible) as refused:
        agreement([1, 2], [1])

    assert facts_of(refused.value) == {"field": "second", "value": 1, "accepted": "2 figures"}
