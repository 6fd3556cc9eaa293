"""The fit of a calibration: known lines are found again, and what no line fits is said."""

from __future__ import annotations

import math

import numpy as np
import pytest

from risk_engine.validation import fitting


def book(slope: float, intercept: float) -> tuple[np.ndarray, np.ndarray]:
    """A thousand customers at each of eleven points, with as many bads as the line says."""
    points, bad = [], []
    for score in range(0, 101, 10):
        count = round(10_000 / (1 + math.exp(-(intercept + slope * score))))
        points += [float(score)] * 10_000
        bad += [1.0] * count + [0.0] * (10_000 - count)
    return np.array(points), np.array(bad)


@pytest.mark.parametrize(("slope", "intercept"), [(-0.06, 0.2), (-0.03, -1.5), (-0.1, 2.0)])
def test_the_line_behind_the_outcomes_is_found_again(slope, intercept):
    found = fitting.fit(*book(slope, intercept))

    assert (found.slope, found.intercept) == pytest.approx((slope, intercept), rel=0.02)
    assert found.usable


def test_the_mean_pd_of_a_fit_is_the_default_rate_whatever_the_order_and_what_is_unknown():
    points, bad = book(-0.05, 0.0)
    mixed = np.random.default_rng(1).permutation(len(points))
    found = fitting.fit(np.append(points[mixed], [50.0, np.nan]), np.append(bad[mixed], [np.nan, 1.0]))

    assert found.pd(points).mean() == pytest.approx(bad.mean(), rel=1e-9)
    assert found.slope == pytest.approx(fitting.fit(points, bad).slope, rel=1e-9)


@pytest.mark.parametrize(
    ("points", "bad"),
    [([], []), ([50.0, 60.0], [0, 0]), ([50.0, 60.0], [1, 1]), ([50.0, 50.0], [0, 1]), ([10.0, 20.0, 80.0, 90.0], [1, 1, 0, 0])],
)
def test_without_bads_or_goods_without_spread_and_with_separated_outcomes_there_is_no_line(points, bad):
    found = fitting.fit(np.array(points), np.array(bad, dtype=float))

    assert math.isnan(found.slope)
    assert not found.usable


def test_points_that_are_read_the_wrong_way_round_are_of_no_use():
    points, bad = book(-0.05, 0.0)

    assert not fitting.fit(100.0 - points, bad).usable


def test_a_pd_out_of_fold_is_not_fitted_to_its_own_outcome():
    points, bad = book(-0.05, 0.0)
    whole, apart = fitting.fit(points, bad).pd(points), fitting.out_of_fold(np.append(points, np.nan), np.append(bad, 1.0))

    assert np.isnan(apart[-1])
    assert np.abs(apart[:-1] - whole).max() < 0.01
    assert (apart[:-1] != whole).any()
