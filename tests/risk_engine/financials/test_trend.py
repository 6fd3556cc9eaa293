"""Trend: the line through readings, when it meets a threshold, and the place among peers."""

from __future__ import annotations

import math
from statistics import linear_regression

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.checks import Impossible
from risk_engine.financials import trend

NAN = math.nan
INF = math.inf
COVER = [1.40, 1.36, 1.31, 1.27]


def of(*customers, **options) -> trend.Trend:
    """The trend of customers, each a list of readings from the oldest to the newest."""
    return trend.trend(np.array(customers, dtype=np.float64).T, **options)


def test_the_cover_of_the_standards_example_meets_its_threshold_in_a_quarter_and_a_half():
    found = of(COVER)

    assert found.slope[0] == pytest.approx(-0.0440, abs=5e-15)
    assert trend.crossing(found, 1.20, "low")[0] == pytest.approx(1.5682, abs=5e-5)
    assert found.fitted[0] == pytest.approx(1.269)
    assert (found.readings[0], found.last[0], found.latest[0]) == (4, 3, 1.27)


def test_one_customers_row_of_values_is_one_customer():
    alone, column = trend.trend(COVER), of(COVER)

    assert alone.slope.tobytes() == column.slope.tobytes()
    assert alone.slope.shape == (1,)


@pytest.mark.parametrize(
    ("values", "slope", "fitted"),
    [
        ([1, 2, 3], 1, 3),
        ([1, NAN, 3], 1, 3),
        ([NAN, 1, NAN, NAN, 4, NAN], 1, 4),
        ([5, NAN, NAN, 2], -1, 2),
        ([0, 0, 3], 1.5, 2.5),
        ([0.1, 0.1, 0.1], 0, 0.1),
        ([NAN, 7, NAN], NAN, NAN),
        ([NAN, NAN], NAN, NAN),
        ([1e12, 1e12 + 1], 1, 1e12 + 1),
    ],
)
def test_a_missing_period_takes_its_time_and_nothing_else(values, slope, fitted):
    found = of(values)

    np.testing.assert_allclose(found.slope, [slope], rtol=1e-14)
    np.testing.assert_allclose(found.fitted, [fitted], rtol=1e-14)


def test_a_level_series_is_exactly_level():
    found = of([0.1] * 7, [1 / 3] * 7)

    assert found.slope.tolist() == [0.0, 0.0]
    assert found.fitted.tolist() == [0.1, 1 / 3]


def test_steps_from_the_reading_before_and_from_the_year_before():
    found = of([1, 2, 4, 8, 16, 32], [1, 2, NAN, 8, NAN, NAN], [NAN, 2, 4, 8, 16, NAN], [NAN] * 6, [3] + [NAN] * 5)

    assert found.readings.tolist() == [6, 3, 4, 0, 1]
    assert found.last.tolist() == [5, 3, 4, -1, 0]
    np.testing.assert_array_equal(found.latest, [32, 8, 16, NAN, 3])
    np.testing.assert_array_equal(found.since_previous, [16, 6, 8, NAN, NAN])
    np.testing.assert_array_equal(found.since_year, [30, NAN, NAN, NAN, NAN])


@pytest.mark.parametrize(("a_year", "step"), [(1, 16), (2, 24), (4, 30), (5, 31), (6, NAN), (12, NAN)])
def test_how_many_periods_a_year_has_is_told(a_year, step):
    np.testing.assert_array_equal(of([1, 2, 4, 8, 16, 32], periods_a_year=a_year).since_year, [step])


def test_the_year_before_is_the_same_period_even_where_the_newest_are_missing():
    np.testing.assert_array_equal(of([1, 2, 4, 8, 16, NAN], [NAN, 2, 4, 8, 16, 32], [1, NAN, 4, 8, 16, 32]).since_year, [15, 30, NAN])


@pytest.mark.parametrize(("least", "slope"), [(2, 1.0), (3, 1.0), (4, NAN)])
def test_a_line_needs_as_many_readings_as_it_is_asked_for(least, slope):
    found = of([1, NAN, 3, 4], least=least)

    np.testing.assert_array_equal(found.slope, [slope])
    assert math.isnan(found.fitted[0]) == math.isnan(slope)
    # what needs no line is there nevertheless
    assert (found.latest[0], found.since_previous[0]) == (4.0, 1.0)


def test_no_periods_are_no_readings():
    found = trend.trend(np.empty((0, 2)))

    assert found.last.tolist() == [-1, -1]
    assert np.isnan(found.slope).all()


@pytest.mark.parametrize(
    ("options", "name"), [({"least": 1}, "least"), ({"periods_a_year": 0}, "periods_a_year"), ({"periods_a_year": -4}, "periods_a_year")]
)
def test_a_line_through_one_point_and_a_year_of_nothing_are_refused(options, name):
    with pytest.raises(Impossible, match=name):
        of([1, 2], **options)


def test_infinite_values_and_thresholds_are_refused():
    with pytest.raises(Impossible, match="values"):
        of([1, INF])
    with pytest.raises(Impossible, match="threshold"):
        trend.crossing(of([1, 2]), INF, "high")
    with pytest.raises(Impossible, match="values"):
        trend.percentile([INF], np.array([0]), 1)


# --- when it crosses -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "threshold", "bad", "periods"),
    [
        ([4, 3, 2], 1, "low", 1),
        ([4, 3, 2], 2, "low", 0),
        ([4, 3, 2], 2.5, "low", 0),
        ([4, 3, 2], 1.5, "low", 0.5),
        ([2, 3, 4], 1, "low", INF),
        ([3, 3, 3], 1, "low", INF),
        ([1, 2, 3], 5, "high", 2),
        ([1, 2, 3], 3, "high", 0),
        ([1, 2, 3], 2, "high", 0),
        ([3, 2, 1], 5, "high", INF),
        ([3, 3, 3], 5, "high", INF),
        ([4, NAN, 2, NAN, NAN], 1, "low", 1),
        ([NAN, 2], 1, "low", NAN),
        ([NAN, 2], 2, "low", 0),
        ([NAN, NAN], 1, "low", NAN),
        ([4, 3, 2], NAN, "low", NAN),
        # the line is at 0.83 and past 1, the latest reading is not yet
        ([4, 0.5, 0.5, 1.2], 1, "low", 0),
        # it was past once, and is leaving
        ([0, 1, 2], 1.5, "low", INF),
    ],
)
def test_the_crossing_is_counted_from_the_latest_reading(values, threshold, bad, periods):
    np.testing.assert_allclose(trend.crossing(of(values), threshold, bad), [periods], rtol=1e-14)


def test_each_customer_may_have_its_own_threshold():
    assert trend.crossing(of([4, 3, 2], [4, 3, 2]), [1.0, 0.0], "low").tolist() == [1.0, 2.0]


def test_next_to_no_pace_takes_for_ever_and_warns_nobody():
    assert trend.crossing(of([0.0, -5e-324]), -1e300, "low").tolist() == [INF]


readings = st.one_of(st.just(NAN), st.integers(-500, 500).map(lambda hundredths: hundredths / 100))
series = st.integers(1, 9).flatmap(lambda periods: st.lists(st.lists(readings, min_size=periods, max_size=periods), min_size=1, max_size=8))


@given(series)
def test_the_line_is_that_of_the_standard_library(batch):
    found = of(*batch)

    for place, values in enumerate(batch):
        known = [(period, value) for period, value in enumerate(values) if not math.isnan(value)]
        if len(known) < 2:
            assert math.isnan(found.slope[place])
            continue
        slope, intercept = linear_regression(*zip(*known, strict=True))
        assert found.slope[place] == pytest.approx(slope, abs=1e-12)
        assert found.fitted[place] == pytest.approx(intercept + slope * known[-1][0], abs=1e-11)


@given(series)
def test_one_alone_has_the_trend_it_has_among_many(batch):
    together, crossings = of(*batch), trend.crossing(of(*batch), 0.5, "low")
    for place, values in enumerate(batch):
        alone = of(values)
        for name in ("readings", "last", "latest", "slope", "fitted", "since_previous", "since_year"):
            assert getattr(alone, name)[0].tobytes() == getattr(together, name)[place].tobytes()
        assert trend.crossing(alone, 0.5, "low").tobytes() == crossings[place].tobytes()


@given(series, st.floats(-4, 4))
def test_the_mirror_image_crosses_on_the_other_side_at_the_same_time(batch, threshold):
    mirrored = [[-value for value in values] for values in batch]

    falling, rising = trend.crossing(of(*batch), threshold, "low"), trend.crossing(of(*mirrored), -threshold, "high")

    assert falling.tobytes() == rising.tobytes()


@given(series, st.integers(1, 4))
def test_missing_periods_before_and_after_change_no_slope_and_no_crossing(batch, gap):
    plain, framed = of(*batch), of(*([NAN] * gap + values + [NAN] * gap for values in batch))

    np.testing.assert_allclose(framed.slope, plain.slope, atol=1e-12)
    np.testing.assert_allclose(framed.fitted, plain.fitted, atol=1e-12)
    np.testing.assert_array_equal(framed.last, np.where(plain.last < 0, -1, plain.last + gap))


# --- peers ---------------------------------------------------------------------------------------------------------------


def test_the_place_among_peers_is_those_below_and_half_of_those_equal():
    values = [10, 20, 20, 40, NAN, 7, 8, 9]
    sectors = np.array([1, 1, 1, 1, 1, 2, 2, -1])

    np.testing.assert_array_equal(trend.percentile(values, sectors, 1), [0.125, 0.5, 0.5, 0.875, NAN, 0.25, 0.75, NAN])


@pytest.mark.parametrize(("least", "place"), [(3, 0.5), (4, NAN)])
def test_a_sector_with_too_few_figures_is_not_compared(least, place):
    # the missing one is not counted
    found = trend.percentile([2, 1, 3, NAN], np.array([5, 5, 5, 5]), least)

    np.testing.assert_array_equal(found[0], place)


def test_nobody_has_no_place():
    assert trend.percentile([], np.array([], dtype=np.int8), 1).tolist() == []
    np.testing.assert_array_equal(trend.percentile([NAN], np.array([0]), 1), [NAN])


peers = st.lists(st.tuples(st.one_of(st.just(NAN), st.integers(-3, 3).map(float)), st.integers(-1, 2)), max_size=30)


def places(pairs, least=3) -> np.ndarray:
    return trend.percentile([value for value, _sector in pairs], np.array([sector for _value, sector in pairs], dtype=np.int64), least)


@given(peers)
def test_the_places_are_those_of_counting(pairs):
    def counted(value, sector):
        others = [one for one, where in pairs if where == sector and not math.isnan(one)]
        if math.isnan(value) or sector < 0 or len(others) < 3:
            return NAN
        return (sum(one < value for one in others) + sum(one == value for one in others) / 2) / len(others)

    np.testing.assert_allclose(places(pairs), [counted(*pair) for pair in pairs], rtol=1e-15)


@given(peers, st.randoms(use_true_random=False))
def test_the_order_of_the_customers_changes_nothing(pairs, random):
    order = random.sample(range(len(pairs)), len(pairs))

    mixed = places([pairs[place] for place in order])

    assert mixed.tobytes() == places(pairs)[order].tobytes()


@given(peers)
def test_the_known_places_of_a_sector_have_their_mean_in_the_middle(pairs):
    for sector in range(3):
        known = [place for place, (_value, where) in zip(places(pairs), pairs, strict=True) if where == sector and not math.isnan(place)]

        assert not known or math.fsum(known) / len(known) == pytest.approx(0.5)
