"""Champion against challenger: DeLong's paired test against pairs counted one by one."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.special  # noqa: F401  (loaded here, lest the first example is late by it)
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.checks import Impossible
from risk_engine.validation.challenger import compare
from risk_engine.validation.discrimination import auc, standard_error, tally
from tests.risk_engine.refused import facts_of

NAN = math.nan
scores = st.integers(0, 4).map(float)
rows = st.lists(st.tuples(scores, scores, st.sampled_from([0.0, 1.0])), min_size=4, max_size=25)


def by_pairs(rows):
    """The difference and its standard error from the covariance matrices, as the paper has them."""
    table = np.array(rows)
    bads, goods = table[table[:, 2] == 1, :2], table[table[:, 2] == 0, :2]
    if min(len(bads), len(goods)) < 2:
        return NAN, NAN
    won = (bads[:, None, :] > goods[None, :, :]) + 0.5 * (bads[:, None, :] == goods[None, :, :])
    covariance = np.cov(won.mean(axis=1).T) / len(bads) + np.cov(won.mean(axis=0).T) / len(goods)
    variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    first, second = won.mean(axis=(0, 1))
    return second - first, math.sqrt(max(variance, 0.0))


@given(rows)
def test_covariances_of_pairs_counted_one_by_one_give_the_same(rows):
    champion, challenger, bad = zip(*rows, strict=True)
    found = compare(champion, challenger, bad, better=("low", "low"))
    advantage, error = by_pairs(rows)

    if math.isnan(advantage):
        assert math.isnan(found.error)
        assert math.isnan(found.p)
    else:
        assert found.advantage == pytest.approx(advantage, abs=1e-12)
        assert (0.0 if math.isnan(found.error) else found.error) == pytest.approx(error, abs=1e-7)


@given(rows)
def test_whoever_trades_places_trades_signs(rows):
    champion, challenger, bad = zip(*rows, strict=True)
    there, back = compare(champion, challenger, bad, better=("low", "low")), compare(challenger, champion, bad, better=("low", "low"))

    assert there.advantage == -back.advantage or math.isnan(there.advantage)
    assert repr((there.error, there.p)) == repr((back.error, back.p))
    assert repr((there.champion, there.challenger)) == repr((back.challenger, back.champion))


@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_the_customers_changes_no_bit(rows, random):
    mixed = random.sample(rows, len(rows))

    assert repr(compare(*zip(*rows, strict=True), better=("low", "high"))) == repr(
        compare(*zip(*mixed, strict=True), better=("low", "high"))
    )


def test_against_a_score_that_says_nothing_only_the_other_one_varies():
    score, bad = np.array([0.1, 0.4, 0.35, 0.8, 0.3, 0.7]), np.array([0, 0, 1, 1, 0, 1])
    found = compare(np.ones(6), score, bad, better=("low", "low"))
    alone = tally(score, bad, better="low")

    assert (found.champion, found.challenger) == (0.5, auc(alone))
    assert found.error == pytest.approx(standard_error(alone), rel=1e-12)
    assert found.p == pytest.approx(math.erfc((auc(alone) - 0.5) / standard_error(alone) / math.sqrt(2)), rel=1e-12)


def test_a_worse_challenger_is_as_sure_as_a_better_one():
    score, bad = [0.1, 0.4, 0.35, 0.8, 0.3, 0.7], [0, 0, 1, 1, 0, 1]
    up, down = (compare(*pair, bad, better=("low", "low")) for pair in ((np.ones(6), score), (score, np.ones(6))))

    assert up.advantage == -down.advantage > 0
    assert 0 < up.p == down.p < 1


def test_a_score_against_itself_leaves_nothing_to_compare():
    found = compare([1, 2, 3, 4], [10, 20, 30, 40], [0, 1, 0, 1], better=("low", "low"))

    assert (found.champion, found.challenger, found.advantage) == (0.75, 0.75, 0.0)
    assert math.isnan(found.error)
    assert math.isnan(found.p)


def test_each_score_has_a_side_of_its_own():
    found = compare([4, 3, 2, 1], [1, 2, 3, 4], [1, 1, 0, 0], better=("low", "high"))

    assert (found.champion, found.challenger) == (1.0, 1.0)
    assert compare([4, 3, 2, 1], [1, 2, 3, 4], [1, 1, 0, 0], better=("low", "low")).challenger == 0.0


def test_only_those_whom_both_score_and_whose_outcome_is_known_count():
    found = compare([1, NAN, 3, 4, 5, 6], [1, 2, NAN, 4, 5, 6], [0, 1, 1, 1, NAN, 0], better=("low", "low"))

    assert (found.bads, found.goods, found.left_out) == (1, 2, 3)
    assert (found.champion, found.challenger) == (0.5, 0.5)


@pytest.mark.parametrize("bad", [[0, 0], [1, 1], [NAN, NAN]])
def test_one_class_alone_says_nothing(bad):
    found = compare([1, 2], [2, 1], bad, better=("low", "low"))

    assert [math.isnan(figure) for figure in (found.champion, found.challenger, found.advantage, found.error, found.p)] == [True] * 5


@pytest.mark.parametrize("bad", [[1, 0, 0, 0], [0, 1, 1, 1]])
def test_one_bad_or_one_good_gives_areas_without_an_error(bad):
    found = compare([1, 2, 3, 4], [2, 3, 1, 4], bad, better=("low", "low"))

    assert not math.isnan(found.advantage)
    assert math.isnan(found.error)


def test_columns_of_different_lengths_are_refused():
    with pytest.raises(Impossible) as refused:
        compare([1, 2], [1], [0, 1], better=("low", "low"))

    assert facts_of(refused.value) == {"field": "challenger", "value": 1, "accepted": "2 scores"}
    with pytest.raises(Impossible, match="2 outcomes"):
        compare([1, 2], [1, 2], [0], better=("low", "low"))
