"""Discrimination: published readings, pairs counted one by one, and laws that hold for any score."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.checks import Impossible
from risk_engine.validation import curves, discrimination
from risk_engine.validation.discrimination import auc, interval, kolmogorov_smirnov, standard_error, tally
from tests.risk_engine.refused import facts_of

NAN = math.nan
# Hanley, McNeil (1982), table I: 58 normal and 51 abnormal pictures, read from 1 definitely normal to 5 definitely abnormal
NORMAL, ABNORMAL = (33, 6, 6, 11, 2), (3, 2, 2, 11, 33)
READINGS = np.repeat([1.0, 2, 3, 4, 5, 1, 2, 3, 4, 5], NORMAL + ABNORMAL)
DISEASED = np.repeat([0.0, 1.0], [58, 51])

# few different scores make ties, and 0 stands beside -0
cases = st.lists(st.tuples(st.integers(-3, 3).map(float), st.sampled_from([0.0, 1.0])), min_size=1, max_size=30)


def counted(rows, better="low"):
    return tally([score for score, _ in rows], [bad for _, bad in rows], better=better)


def by_pairs(rows) -> tuple[float, float]:
    """AUC and DeLong's standard error pair by pair, as the definition has them."""
    bads, goods = ([score for score, bad in rows if bad == kind] for kind in (1, 0))
    if not bads or not goods:
        return NAN, NAN
    won = np.array([[(x > y) + 0.5 * (x == y) for y in goods] for x in bads])
    if len(bads) < 2 or len(goods) < 2:
        return won.mean(), NAN
    return won.mean(), math.sqrt(np.var(won.mean(axis=1), ddof=1) / len(bads) + np.var(won.mean(axis=0), ddof=1) / len(goods))


def test_the_standards_own_example():
    found = tally([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1], better="low")

    assert auc(found) == 0.75
    assert discrimination.gini(auc(found)) == 0.5


def test_the_readings_of_hanley_and_mcneil():
    found = tally(READINGS, DISEASED, better="low")
    area, error = auc(found), standard_error(found)
    low, high = interval(area, error, 0.95)

    assert round(area, 4) == 0.8932
    # as Stata prints them: DeLong's error, and the interval by the normal law
    assert round(error, 4) == 0.0307
    assert (round(low, 5), round(high, 5)) == (0.83295, 0.95339)


def test_the_distance_of_the_readings_is_where_the_bads_pull_away():
    found = kolmogorov_smirnov(tally(READINGS, DISEASED, better="low"))

    # at 4 or 5 stand 44 of 51 abnormal and 13 of 58 normal ones
    assert found.distance == pytest.approx(44 / 51 - 13 / 58, abs=1e-15)
    assert found.at == 4


@given(cases)
def test_pairs_counted_one_by_one_give_the_same(rows):
    area, error = by_pairs(rows)
    found = counted(rows)

    assert auc(found) == pytest.approx(area, abs=1e-15, nan_ok=True)
    if error > 1e-9:
        assert standard_error(found) == pytest.approx(error, rel=1e-9)
    else:
        assert math.isnan(standard_error(found))


@given(cases)
def test_the_distance_is_the_largest_over_all_cuts(rows):
    bads, goods = ([score for score, bad in rows if bad == kind] for kind in (1, 0))
    found = kolmogorov_smirnov(counted(rows))

    if not bads or not goods:
        assert math.isnan(found.distance)
        assert math.isnan(found.at)
        return
    gaps = {cut: abs(sum(b >= cut for b in bads) / len(bads) - sum(g >= cut for g in goods) / len(goods)) for cut, _ in rows}
    assert found.distance == pytest.approx(max(gaps.values()), abs=1e-12)
    if found.distance > 0:
        assert gaps[found.at] == pytest.approx(found.distance, abs=1e-12)
    else:
        assert math.isnan(found.at)


def test_of_equal_distances_the_worst_score_is_named():
    found = kolmogorov_smirnov(tally([4, 3, 2, 1], [1, 0, 1, 0], better="low"))

    assert (found.distance, found.at) == (0.5, 4)


@given(cases, st.randoms(use_true_random=False))
def test_the_order_of_the_customers_changes_no_bit(rows, random):
    mixed = counted(random.sample(rows, len(rows)))

    assert repr((auc(mixed), standard_error(mixed), kolmogorov_smirnov(mixed))) == repr(
        (auc(counted(rows)), standard_error(counted(rows)), kolmogorov_smirnov(counted(rows)))
    )


@given(cases)
def test_a_score_read_the_other_way_round_has_the_rest_of_the_area(rows):
    right, wrong = counted(rows, "low"), counted(rows, "high")

    assert auc(right) + auc(wrong) == pytest.approx(1.0, abs=1e-15) or math.isnan(auc(right))
    assert kolmogorov_smirnov(right).distance == kolmogorov_smirnov(wrong).distance or math.isnan(auc(right))
    assert standard_error(right) == pytest.approx(standard_error(wrong), nan_ok=True)


@given(cases)
def test_only_the_order_of_the_scores_matters(rows):
    stretched = [(math.exp(score), bad) for score, bad in rows]

    assert repr((auc(counted(rows)), standard_error(counted(rows)))) == repr((auc(counted(stretched)), standard_error(counted(stretched))))


def test_the_side_that_is_good_is_the_callers_to_say():
    points, bad = [700, 650, 600, 550], [0, 0, 1, 1]

    assert auc(tally(points, bad, better="high")) == 1.0
    assert auc(tally(points, bad, better="low")) == 0.0
    assert tally(points, bad, better="high").score.tolist() == [550, 600, 650, 700]
    assert tally(points, bad, better="low").score.tolist() == [700, 650, 600, 550]


@pytest.mark.parametrize("bad", [[], [0, 0, 0], [1, 1, 1], [NAN, 1, 1], [NAN, NAN, NAN]])
def test_one_class_alone_says_nothing(bad):
    found = tally([0.1, 0.2, 0.3][: len(bad)], bad, better="low")
    separation = kolmogorov_smirnov(found)

    assert [math.isnan(figure) for figure in (auc(found), standard_error(found), separation.distance, separation.at)] == [True] * 4
    assert math.isnan(discrimination.gini(auc(found)))
    assert (len(curves.roc(found).x), len(curves.cap(found).y), len(curves.roc(found).score)) == (0, 0, 0)


def test_all_tied_is_a_half_and_shows_no_error():
    found = tally([7, 7, 7, 7], [0, 1, 0, 1], better="high")

    assert auc(found) == 0.5
    assert math.isnan(standard_error(found))
    assert kolmogorov_smirnov(found).distance == 0
    assert math.isnan(kolmogorov_smirnov(found).at)
    assert (curves.roc(found).x.tolist(), curves.roc(found).y.tolist()) == ([0, 1], [0, 1])


def test_perfectly_apart_shows_no_error_and_has_no_interval():
    found = tally([1, 2, 3, 4], [1, 1, 0, 0], better="high")

    assert auc(found) == 1.0
    assert math.isnan(standard_error(found))
    assert np.isnan(interval(1.0, standard_error(found), 0.95)).all()


@pytest.mark.parametrize("bad", [[1, 0, 0, 0, 0], [0, 1, 1, 1, 1]])
def test_one_bad_or_one_good_gives_an_area_without_an_error(bad):
    found = tally([3, 4, 2, 1, 0], bad, better="low")

    assert auc(found) in {0.25, 0.75}
    assert math.isnan(standard_error(found))


def test_two_of_each_are_enough_for_an_error():
    # placements of the bads ½ and 1, of the goods 1 and ½: both vary by 1/8, and 1/16 + 1/16 is the variance
    assert standard_error(tally([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1], better="low")) == pytest.approx(math.sqrt(1 / 8), rel=1e-15)


def test_the_interval_stays_within_what_an_area_can_be():
    assert interval(0.98, 0.1, 0.95)[1] == 1.0
    assert interval(0.02, 0.1, 0.95)[0] == 0.0
    assert interval(0.5, 0.1, 0.95) == pytest.approx((0.5 - 0.1959963985, 0.5 + 0.1959963985))


def test_whoever_lacks_a_score_or_an_outcome_is_left_out_and_counted():
    found = tally([1, NAN, 2, 2, NAN], [1, 0, NAN, 0, NAN], better="low")

    assert (found.score.tolist(), found.bads.tolist(), found.goods.tolist()) == ([2, 1], [0, 1], [1, 0])
    assert (found.left_out, found.pairs) == (3, 1)


def test_nothing_and_minus_nothing_are_one_score():
    assert len(tally([0.0, -0.0], [0, 1], better="low").score) == 1


@pytest.mark.parametrize(
    ("score", "bad", "facts"),
    [
        ([1, 2, 3], [0, 2, 3], {"field": "bad", "value": 2.0, "accepted": "0 or 1", "place": 1}),
        ([1, 2], [-1, 0], {"field": "bad", "value": -1.0, "accepted": "0 or 1", "place": 0}),
        ([1, 2], [0, 0.5], {"field": "bad", "value": 0.5, "accepted": "0 or 1", "place": 1}),
        ([1, 2], [0], {"field": "bad", "value": 1, "accepted": "2 outcomes"}),
        ([1, math.inf], [0, 1], {"field": "score", "value": math.inf, "accepted": "a finite number", "place": 1}),
    ],
)
def test_what_cannot_be_is_refused_by_name(score, bad, facts):
    with pytest.raises(Impossible) as refused:
        tally(score, bad, better="low")

    assert facts_of(refused.value) == facts


def test_millions_of_pairs_are_still_counted_exactly():
    score = np.arange(200_000)
    found = tally(score, score % 2, better="low")

    assert auc(found) == (100_000 * 100_001 // 2) / 100_000**2


# --- curves ---------------------------------------------------------------------------------------------------------------


def area_under(curve) -> float:
    return float(np.sum(np.diff(curve.x) * (curve.y[1:] + curve.y[:-1]) / 2))


@given(cases)
def test_the_area_under_the_curves_is_the_one_that_was_counted(rows):
    found = counted(rows)
    if not found.pairs:
        return
    share = found.bads.sum() / (found.bads.sum() + found.goods.sum())

    assert area_under(curves.roc(found)) == pytest.approx(auc(found), abs=1e-12)
    # the accuracy ratio: the area between the profile and the diagonal, over that of a perfect score
    assert (area_under(curves.cap(found)) - 0.5) / (0.5 * (1 - share)) == pytest.approx(discrimination.gini(auc(found)), abs=1e-9)


def test_a_curve_runs_from_nobody_to_everybody_with_its_scores():
    roc, cap = (draw(tally([4, 3, 2, 1], [1, 0, 1, 0], better="low")) for draw in (curves.roc, curves.cap))

    assert (roc.x.tolist(), roc.y.tolist()) == ([0, 0, 0.5, 0.5, 1], [0, 0.5, 0.5, 1, 1])
    assert (cap.x.tolist(), cap.y.tolist()) == ([0, 0.25, 0.5, 0.75, 1], [0, 0.5, 0.5, 1, 1])
    np.testing.assert_array_equal(roc.score, [NAN, 4, 3, 2, 1])
    np.testing.assert_array_equal(cap.score, roc.score)


@pytest.mark.parametrize("draw", [curves.roc, curves.cap])
def test_a_long_curve_is_thinned_out_evenly(draw):
    score = np.arange(5000)
    found = tally(score, (score * 7919 % 5000 < score / 2).astype(float), better="low")
    whole, thin = draw(found, 5001), draw(found)

    assert len(whole.x) == 5001
    assert 190 < len(thin.x) <= 200
    assert (thin.x[0], thin.y[0], thin.x[-1], thin.y[-1]) == (0, 0, 1, 1)
    assert np.diff((thin.x + thin.y) / 2).max() < 2 / 199
    assert area_under(thin) == pytest.approx(area_under(whole), abs=1e-3)
    assert set(zip(thin.x, thin.y, strict=True)) <= set(zip(whole.x, whole.y, strict=True))


def test_a_curve_that_is_short_enough_keeps_all_its_points():
    found = tally(np.arange(199), np.arange(199) % 2, better="low")

    assert len(curves.roc(found).x) == 200
    assert len(curves.roc(found, 199).x) <= 199


def test_every_pair_of_classes_and_sides_is_a_pinned_area():
    pinned = {(bad, better): auc(tally([1, 2, 3], bad, better=better)) for bad, better in product([(0, 0, 1), (0, 1, 0)], ("low", "high"))}

    assert pinned == {((0, 0, 1), "low"): 1.0, ((0, 0, 1), "high"): 0.0, ((0, 1, 0), "low"): 0.5, ((0, 1, 0), "high"): 0.5}
