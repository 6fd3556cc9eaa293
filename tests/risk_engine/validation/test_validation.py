"""The whole validation: every figure in its place, the bounds of the policy, and what is not computable."""

from __future__ import annotations

import math

import numpy as np
import pytest

from risk_engine.indicators.monitoring import Colour
from risk_engine.validation import calibration, curves, discrimination, validation
from risk_engine.validation.challenger import Comparison, compare
from risk_engine.validation.validation_policy import Backtest, Power, Scaling, Stability, Validation

NAN = math.nan
POWER = Power(amber=0.7, red=0.6, bads=2, goods=2, confidence=0.95, points=200)
POLICY = Validation(
    power=POWER,
    backtest=Backtest(amber=0.05, red=0.01, expected=5),
    stability=Stability(amber=0.10, red=0.25, floor=1e-4),
    scaling=Scaling(points=600, odds=50, doubling=20),
    horizon_months=12,
    tell_apart=0.05,
)
PD, BAD = np.array([0.1, 0.4, 0.35, 0.8]), np.array([0, 0, 1, 1])


def judged(policy, score, bad, better="low"):
    return validation.discriminates(policy, discrimination.tally(score, bad, better=better), better=better)


def test_every_figure_stands_in_its_place():
    cases = discrimination.tally(PD, BAD, better="low")
    found = judged(POWER, PD, BAD)
    error = discrimination.standard_error(cases)

    assert (found.better, found.auc, found.gini, found.error) == ("low", 0.75, 0.5, error)
    assert (found.low, found.high) == discrimination.interval(0.75, error, 0.95)
    assert found.ks == discrimination.kolmogorov_smirnov(cases)
    assert (found.bads, found.goods, found.left_out, found.enough, found.light) == (2, 2, 0, True, Colour.GREEN)
    assert judged(POWER, -PD, BAD, "high").auc == 0.75


def test_whoever_is_left_out_is_counted():
    assert judged(POWER, [0.1, NAN, 0.3], [0, 1, 1]).left_out == 1


@pytest.mark.parametrize(
    ("bounds", "light"),
    [((0.75, 0.6), Colour.GREEN), ((0.7501, 0.6), Colour.AMBER), ((0.8, 0.75), Colour.AMBER), ((0.9, 0.7501), Colour.RED)],
)
def test_an_area_below_a_bound_is_doubted(bounds, light):
    policy = POWER.model_copy(update={"amber": bounds[0], "red": bounds[1]})

    assert judged(policy, PD, BAD).light is light


@pytest.mark.parametrize(("bads", "goods", "enough"), [(2, 2, True), (3, 2, False), (2, 3, False)])
def test_few_cases_are_said_to_be_few(bads, goods, enough):
    policy = POWER.model_copy(update={"bads": bads, "goods": goods})

    assert judged(policy, PD, BAD).enough is enough


@pytest.mark.parametrize("bad", [[0, 0, 0, 0], [1, 1, 1, 1], [NAN] * 4])
def test_one_class_alone_has_no_light(bad):
    found = judged(POWER, PD, bad)

    assert math.isnan(found.auc)
    assert math.isnan(found.gini)
    assert math.isnan(found.low)
    assert found.light is Colour.NONE


def test_a_report_holds_the_parts_together():
    grade, bad = [1, 1, 2, 4], [0, 1, 1, 0]
    found = validation.report(POLICY, score=-PD, better="high", grade=grade, pd=PD, bad=bad)
    cases = discrimination.tally(-PD, bad, better="high")
    by_grade = calibration.by_grade(POLICY.backtest, grade, PD, bad)

    assert repr(found.discrimination) == repr(validation.discriminates(POWER, cases, better="high"))
    assert repr((found.roc, found.cap)) == repr((curves.roc(cases), curves.cap(cases)))
    assert repr((found.calibration, found.fit)) == repr((by_grade, calibration.hosmer_lemeshow(by_grade)))
    assert (found.brier, found.brier_parts) == (calibration.brier(PD, bad), calibration.brier_parts(by_grade))


def test_a_report_keeps_as_many_points_as_the_policy_says():
    policy = POLICY.model_copy(update={"power": POWER.model_copy(update={"points": 3})})
    found = validation.report(policy, score=PD, better="low", grade=[1, 1, 1, 1], pd=PD, bad=BAD)

    assert (len(found.roc.x), len(found.cap.x)) == (3, 3)


GOOD, BAD_ORDER = [0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1]


@pytest.mark.parametrize(
    ("score", "pd", "grade", "bad", "light"),
    [
        (GOOD, 0.5, [1, 1, 1, 1], [0, 0, 1, 1], Colour.GREEN),
        # a grade that nobody has takes no light from the others
        (GOOD, 0.5, [1, 1, 4, 4], [0, 0, 1, 1], Colour.GREEN),
        (BAD_ORDER, 0.5, [1, 1, 1, 1], [0, 0, 1, 1], Colour.RED),
        (GOOD, 0.0001, [1, 1, 1, 1], [0, 0, 1, 1], Colour.RED),
        # green in one half and nothing in the other is no green
        (GOOD, NAN, [1, 1, 1, 1], [0, 0, 1, 1], Colour.NONE),
        (GOOD, 0.5, [1, 1, 1, 1], [0, 0, 0, 0], Colour.NONE),
        (BAD_ORDER, NAN, [1, 1, 1, 1], [0, 0, 1, 1], Colour.RED),
        (GOOD, 0.0001, [1, 1, 1, 1], [1, 1, 1, 1], Colour.RED),
        (GOOD, NAN, [0, 0, 0, 0], [0, 0, 0, 0], Colour.NONE),
    ],
)
def test_the_worst_light_counts_and_missing_is_not_green(score, pd, grade, bad, light):
    found = validation.report(POLICY, score=score, better="low", grade=grade, pd=[pd] * 4, bad=bad)

    assert found.light is light


def test_a_house_with_more_grades_says_so():
    found = validation.report(POLICY, score=PD, better="low", grade=[1, 7, 3, 4], pd=PD, bad=BAD, grades=7)

    assert found.calibration.count.tolist() == [1, 0, 1, 1, 0, 0, 1]


@pytest.mark.parametrize(
    ("advantage", "p", "preferred"), [(0.1, 0.049, 1), (-0.1, 0.049, -1), (0.1, 0.05, 0), (-0.1, 0.9, 0), (NAN, NAN, 0)]
)
def test_a_challenger_is_preferred_where_chance_does_not_explain_it(advantage, p, preferred):
    assert validation.preferred(POLICY, Comparison(0.7, 0.7 + advantage, advantage, 0.01, p, 9, 9, 0)) == preferred


def test_a_challenger_that_sees_what_the_champion_misses_is_preferred():
    bad = np.tile([0, 1], 50)
    noise = np.arange(100) * 37 % 100
    found = compare(noise, noise + 60 * bad, bad, better=("low", "low"))

    assert validation.preferred(POLICY, found) == 1


@pytest.mark.parametrize("bounds", [(0.6, 0.6), (0.6, 0.7)])
def test_red_must_be_the_weaker_power(bounds):
    with pytest.raises(ValueError, match="red must be below amber"):
        Power(**POWER.model_dump() | {"amber": bounds[0], "red": bounds[1]})


@pytest.mark.parametrize(
    ("field", "value"), [("amber", 0.5), ("red", 0.49), ("bads", 1), ("goods", 1), ("confidence", 1), ("points", 1), ("points", 1001)]
)
def test_a_policy_that_cannot_be_is_refused(field, value):
    with pytest.raises(ValueError, match=field):
        Power(**POWER.model_dump() | {field: value})


def test_bounds_that_just_can_be_are_taken():
    assert Power(amber=0.51, red=0.5, bads=2, goods=2, confidence=0.5, points=2).red == 0.5
    assert Power(**POWER.model_dump() | {"points": 1000}).points == 1000
    assert Stability(amber=0.1, red=0.2, floor=0.01).floor == 0.01
    assert Backtest(amber=0.5, red=0.4, expected=0).expected == 0
