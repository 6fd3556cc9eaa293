"""The granularity adjustment: figures by fifty digits, a law of losses that is known exactly, and laws for any book."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf
from scipy.special import betainc

from risk_engine.checks import Impossible
from risk_engine.portfolio.concentration_policy import Granularity
from risk_engine.portfolio.granularity import delta, granularity_adjustment

NAN = math.nan
PAPER = Granularity(confidence=0.999, precision=0.25, lgd_volatility=0.25)


def alpha_by_fifty_digits(precision, confidence):
    with mp.workdps(50):
        xi, wanted = mpf(precision), mpf(confidence)
        low, high = mpf(0), mpf(2000)
        for _ in range(150):
            middle = (low + high) / 2
            below = mp.gammainc(xi, 0, xi * middle, regularized=True) < wanted
            low, high = (middle, high) if below else (low, middle)
        return low


def test_delta_is_the_papers():
    assert round(delta(PAPER), 2) == 4.83


@pytest.mark.parametrize(("precision", "confidence"), [(0.25, 0.999), (0.125, 0.999), (0.31, 0.995), (1.0, 0.9)])
def test_delta_by_fifty_digits(precision, confidence):
    alpha = alpha_by_fifty_digits(precision, confidence)
    exact = (alpha - 1) * (mpf(precision) + (1 - mpf(precision)) / alpha)

    assert delta(Granularity(confidence=confidence, precision=precision, lgd_volatility=0.25)) == pytest.approx(float(exact), rel=1e-12)


def test_a_book_of_three_names_by_hand():
    found = granularity_adjustment([50.0, 30.0, 20.0], [0.01, 0.02, 0.005], [0.45, 0.40, 0.75], [0.0739, 0.08, 0.1], PAPER)

    d = 4.833601258193017
    by_hand = [
        0.25 * (0.45 + 0.25 * 0.55) * (d * (0.0739 + 0.0045) - 0.0739),
        0.09 * (0.40 + 0.25 * 0.60) * (d * (0.08 + 0.008) - 0.08),
        0.04 * (0.75 + 0.25 * 0.25) * (d * (0.1 + 0.00375) - 0.1),
    ]
    need = 0.5 * 0.0739 + 0.3 * 0.08 + 0.2 * 0.1
    assert found.by_name == pytest.approx([one / (2 * need) for one in by_hand], rel=1e-13)
    assert found.share == pytest.approx(sum(by_hand) / (2 * need), rel=1e-13)
    assert found.amount == pytest.approx(100.0 * sum(by_hand) / (2 * need), rel=1e-13)


@pytest.mark.parametrize("pd", [0.001, 0.004, 0.02])
def test_the_adjustment_is_what_a_finite_book_loses_more_than_an_infinite_one(pd):
    """Names that share one gamma factor and lose everything default in numbers of a negative binomial law."""
    names, xi, q = 1_000_000, PAPER.precision, PAPER.confidence
    alpha = float(alpha_by_fifty_digits(xi, q))
    chance = xi / (xi + names * pd)
    low, high = 0.0, 40.0 * names * pd
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if betainc(xi, middle + 1.0, chance) < q else (low, middle)
    # half a default is the step of a law of whole numbers
    more = low + 0.5 - names * pd * alpha

    found = granularity_adjustment(*(np.full(names, one) for one in (1.0, pd, 1.0, pd * (alpha - 1.0))), PAPER)

    assert found.amount == pytest.approx(xi * (alpha - 1.0) / 2.0, rel=1e-9)
    assert found.amount == pytest.approx(more, rel=0.02)


def test_a_loss_that_is_certain_in_size_has_no_volatility():
    fixed = PAPER.model_copy(update={"lgd_volatility": 0.0})
    found = granularity_adjustment([1.0, 1.0], [0.01] * 2, [0.4] * 2, [0.05] * 2, fixed)

    assert found.share == pytest.approx(0.5 * 0.4 * (delta(fixed) * 0.054 - 0.05) / (2 * 0.05), rel=1e-14)


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_a_missing_input_makes_the_whole_not_computable(place):
    inputs = [[1.0, 2.0], [0.01, 0.02], [0.4, 0.4], [0.05, 0.06]]
    inputs[place][1] = NAN
    found = granularity_adjustment(*inputs, PAPER)

    assert np.isnan([found.share, found.amount]).all()


@pytest.mark.parametrize(("ead", "k"), [([0.0, 0.0], [0.05, 0.05]), ([1.0, 1.0], [0.0, 0.0])])
def test_a_book_of_nothing_and_one_without_capital_have_no_adjustment(ead, k):
    found = granularity_adjustment(ead, [0.01] * 2, [0.4] * 2, k, PAPER)

    assert np.isnan([found.share, found.amount, *found.by_name]).all()


@pytest.mark.parametrize(("changed", "field"), [({"ead": -1.0}, "ead"), ({"pd": 1.1}, "pd"), ({"lgd": -0.1}, "lgd"), ({"k": -0.01}, "k")])
def test_an_impossible_input_is_named(changed, field):
    with pytest.raises(Impossible) as refused:
        granularity_adjustment(**{"ead": 1.0, "pd": 0.01, "lgd": 0.4, "k": 0.05} | changed, policy=PAPER)

    assert refused.value.field == field


NAMES = st.lists(st.tuples(st.floats(1, 1e9), st.floats(0.0003, 0.2), st.floats(0.05, 1), st.floats(0.001, 0.3)), min_size=2, max_size=20)


@given(NAMES, st.randoms(use_true_random=False))
def test_the_order_of_the_names_changes_no_bit(names, random):
    one = granularity_adjustment(*zip(*names, strict=True), PAPER)
    other = granularity_adjustment(*zip(*random.sample(names, len(names)), strict=True), PAPER)

    assert (other.share, other.amount) == (one.share, one.amount)


@given(NAMES, st.integers(-20, 20))
def test_the_unit_of_money_changes_the_amount_alone(names, power):
    ead, *others = (np.array(column) for column in zip(*names, strict=True))
    plain, scaled = granularity_adjustment(ead, *others, PAPER), granularity_adjustment(ead * 2.0**power, *others, PAPER)

    assert (scaled.share, scaled.amount) == (plain.share, plain.amount * 2.0**power)


@given(NAMES)
def test_the_same_book_with_every_name_halved_needs_half_of_it(names):
    ead, *others = (np.array(column) for column in zip(*names, strict=True))
    halved = granularity_adjustment(np.repeat(ead / 2, 2), *(np.repeat(one, 2) for one in others), PAPER)

    assert halved.share == pytest.approx(granularity_adjustment(ead, *others, PAPER).share / 2, rel=1e-12)
