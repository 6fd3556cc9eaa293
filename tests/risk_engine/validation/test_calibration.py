"""Calibration by grade: counted by hand, and the laws of the Brier score."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
import scipy.special  # noqa: F401  (loaded here, lest the first example is late by it)
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.checks import Impossible
from risk_engine.indicators.monitoring import Colour
from risk_engine.validation import backtest, calibration
from risk_engine.validation.calibration import brier, brier_parts, by_grade, hosmer_lemeshow
from risk_engine.validation.validation_policy import Backtest
from tests.risk_engine.refused import facts_of

NAN = math.nan
POLICY = Backtest(amber=0.05, red=0.01, expected=5)
# 500 of grade 1 with 5 defaults at 1 %, 100 of grade 2 with 9 at 4 %, 20 of grade 4 with 1 at 10 %
GRADE = np.repeat([1, 2, 4], [500, 100, 20])
PD = np.repeat([0.01, 0.04, 0.10], [500, 100, 20])
BAD = np.concatenate([np.arange(500) < 5, np.arange(100) < 9, np.arange(20) < 1]).astype(float)
rows = st.lists(
    st.tuples(st.integers(0, 4), st.one_of(st.just(NAN), st.floats(0, 1)), st.sampled_from([0.0, 1.0, NAN])), min_size=1, max_size=30
)


def of(rows):
    return by_grade(POLICY, *zip(*rows, strict=True))


def test_each_grade_is_counted_and_tested():
    found = by_grade(POLICY, GRADE, PD, BAD)

    assert (found.count.tolist(), found.defaults.tolist()) == ([500, 100, 0, 20], [5, 9, 0, 1])
    np.testing.assert_array_equal(found.pd, [0.01, 0.04, NAN, 0.1])
    np.testing.assert_array_equal(found.rate, [0.01, 0.09, NAN, 0.05])
    for p, test in ((found.jeffreys, backtest.jeffreys), (found.binomial, backtest.binomial)):
        np.testing.assert_array_equal(p, test([0.01, 0.04, NAN, 0.1], [5, 9, 0, 1], [500, 100, 0, 20]))
    assert found.too_few.tolist() == [False, True, True, True]
    assert found.lights.tolist() == [Colour.GREEN, Colour.AMBER, Colour.NONE, Colour.GREEN]
    assert found.left_out == 0


def test_the_light_is_that_of_jeffreys_test():
    # 15 of 1000 at 1 %: .063 after Jeffreys; 20 are red
    green, red = (by_grade(POLICY, np.ones(1000), np.full(1000, 0.01), np.arange(1000) < d, grades=1) for d in (15, 20))

    assert (green.lights.tolist(), red.lights.tolist()) == ([Colour.GREEN], [Colour.RED])
    assert (round(float(green.jeffreys[0]), 6), round(float(red.jeffreys[0]), 6)) == (0.063228, 0.002231)


def test_whoever_lacks_a_grade_a_pd_or_an_outcome_is_left_out_and_counted():
    found = by_grade(POLICY, [1, 0, 1, 1, 2], [0.1, 0.1, NAN, 0.1, 0.3], [1, 1, 1, NAN, 0])

    assert (found.count.tolist(), found.defaults.tolist(), found.left_out) == ([1, 1, 0, 0], [1, 0, 0, 0], 3)


def test_nobody_at_all_leaves_nothing_computable():
    found = by_grade(POLICY, [0, 0], [0.1, 0.2], [0, 1])

    assert np.isnan([found.pd, found.rate, found.jeffreys, found.binomial]).all()
    assert (found.lights.tolist(), found.left_out) == ([Colour.NONE] * 4, 2)
    assert repr(hosmer_lemeshow(found)) == repr(calibration.Fit(NAN, 0, NAN))
    assert repr(brier_parts(found)) == repr(calibration.BrierParts(NAN, NAN, NAN))
    assert math.isnan(brier_parts(found).score)
    assert math.isnan(brier([NAN, 0.1], [1, NAN]))


@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_the_customers_changes_no_bit(rows, random):
    mixed = random.sample(rows, len(rows))

    assert repr(of(mixed)) == repr(of(rows))
    assert repr((hosmer_lemeshow(of(mixed)), brier_parts(of(mixed)))) == repr((hosmer_lemeshow(of(rows)), brier_parts(of(rows))))
    assert repr(brier(*zip(*[row[1:] for row in mixed], strict=True))) == repr(brier(*zip(*[row[1:] for row in rows], strict=True)))


@pytest.mark.parametrize(
    ("case", "facts"),
    [
        (([5], [0.1], [0]), {"field": "grade", "value": 5.0, "accepted": "0 to 4", "place": 0}),
        (([1, -1], [0.1, 0.1], [0, 0]), {"field": "grade", "value": -1.0, "accepted": "0 to 4", "place": 1}),
        (([1], [0.1, 0.2], [0, 0]), {"field": "grade", "value": 1, "accepted": "2 grades"}),
        (([1], [1.3], [0]), {"field": "pd", "value": 1.3, "accepted": "0 to 1", "place": 0}),
        (([1], [0.1], [3]), {"field": "bad", "value": 3.0, "accepted": "0 or 1", "place": 0}),
    ],
)
def test_what_cannot_be_is_refused_by_name(case, facts):
    with pytest.raises(Impossible) as refused:
        by_grade(POLICY, *case)

    assert facts_of(refused.value) == facts


def test_the_fit_over_the_grades():
    found = hosmer_lemeshow(by_grade(POLICY, GRADE, PD, BAD))
    statistic = 0 + 25 / (100 * 0.04 * 0.96) + 1 / (20 * 0.1 * 0.9)

    assert found.statistic == pytest.approx(statistic, rel=1e-12)
    # grade 3 has nobody and no degree of freedom
    assert found.freedom == 3
    assert found.p == pytest.approx(float(mpmath.gammainc(1.5, statistic / 2, regularized=True)), rel=1e-12)


@pytest.mark.parametrize("certain", [0.0, 1.0])
def test_a_certain_pd_leaves_nothing_to_chance(certain):
    found = hosmer_lemeshow(by_grade(POLICY, [1, 2], [certain, 0.5], [0, 1]))

    assert math.isnan(found.statistic)
    assert math.isnan(found.p)
    assert found.freedom == 2


def test_a_default_of_the_next_to_impossible_is_infinitely_odd():
    found = hosmer_lemeshow(by_grade(POLICY, [1], [1e-312], [1]))

    assert (found.statistic, found.p) == (math.inf, 0)


def test_the_brier_score_by_hand():
    assert brier([0.1, 0.8, NAN, 0.5], [0, 1, 1, NAN]) == pytest.approx((0.01 + 0.04) / 2, rel=1e-15)
    assert brier([0.0, 1.0], [0, 1]) == 0.0
    assert brier([1.0, 0.0], [0, 1]) == 1.0


def test_the_parts_of_the_brier_score_by_hand():
    parts = brier_parts(by_grade(POLICY, [1, 1, 2, 2], [0.1, 0.3, 0.6, 0.6], [0, 0, 1, 0]))

    assert parts.reliability == pytest.approx(0.5 * 0.2**2 + 0.5 * 0.1**2)
    assert parts.resolution == pytest.approx(0.5 * 0.25**2 + 0.5 * 0.25**2)
    assert parts.uncertainty == pytest.approx(0.25 * 0.75)


@given(st.lists(st.tuples(st.integers(1, 4), st.sampled_from([0.0, 1.0])), min_size=1, max_size=40), st.tuples(*[st.floats(0, 1)] * 4))
def test_the_parts_add_up_to_the_score_where_a_grade_has_one_pd(rows, pds):
    grade, bad = zip(*rows, strict=True)
    pd = [pds[one - 1] for one in grade]

    assert brier_parts(by_grade(POLICY, grade, pd, bad)).score == pytest.approx(brier(pd, bad), abs=1e-12)


@given(rows)
def test_a_grades_rate_and_pd_are_those_of_its_customers(rows):
    found = of(rows)

    for grade in range(1, 5):
        mine = [(pd, bad) for one, pd, bad in rows if one == grade and not math.isnan(pd) and not math.isnan(bad)]
        assert (found.count[grade - 1], found.defaults[grade - 1]) == (len(mine), sum(bad for _, bad in mine))
        if mine:
            assert found.pd[grade - 1] == pytest.approx(np.mean([pd for pd, _ in mine]))
            assert found.rate[grade - 1] == found.defaults[grade - 1] / len(mine)
