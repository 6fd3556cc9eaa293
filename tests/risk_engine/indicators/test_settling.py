"""Which value counts, derived or reported: the later date, and on one date the better evidence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.categorical import Coded
from risk_engine.indicators import derived, price_moves, series, settling
from risk_engine.indicators.series import Points
from risk_engine.indicators.settling import Latest, Origin
from risk_engine.scoring.scoring import score
from storage.policy import policies
from tests.risk_engine import books

POLICY = policies.read(None)
TODAY = np.datetime64("2026-11-23")
NAN = float("nan")


def latest(value: float, day: str, origin: Origin) -> Latest:
    return Latest(np.array([value]), np.array([day], dtype="datetime64[D]"), np.array([origin], dtype=np.int8))


@pytest.mark.parametrize(
    ("derived", "reported", "expected"),
    [
        ((2.0, "2026-06-30", Origin.AUDITED), (1.0, "2026-09-30"), 1.0),
        ((2.0, "2026-09-30", Origin.UNAUDITED), (1.0, "2026-06-30"), 2.0),
        ((2.0, "2026-09-30", Origin.AUDITED), (1.0, "2026-09-30"), 2.0),
        ((2.0, "2026-09-30", Origin.UNAUDITED), (1.0, "2026-09-30"), 1.0),
        ((2.0, "2026-09-30", Origin.LEDGER), (1.0, "2026-09-30"), 2.0),
        ((NAN, "2026-09-30", Origin.AUDITED), (1.0, "2025-09-30"), 1.0),
        ((2.0, "2025-09-30", Origin.UNAUDITED), (NAN, "NaT"), 2.0),
    ],
)
def test_the_later_date_counts_and_on_one_date_the_better_evidence(derived, reported, expected):
    found = settling.settle(POLICY.indicators, latest(*derived), latest(*reported, Origin.REPORTED))

    assert found.values.tolist() == [expected]


values = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(["2025-12-31", "2026-03-31", "2026-06-30", "2026-09-30"]),
        st.sampled_from([0.5, 1.0, 2.0, NAN]),
        st.sampled_from([Origin.REPORTED, Origin.AUDITED, Origin.UNAUDITED]),
    ),
    max_size=12,
    unique_by=lambda row: (row[0], row[1], row[3] is Origin.REPORTED),
).map(lambda rows: [row for row in rows if row[3] is not Origin.REPORTED or not np.isnan(row[2])])


def points(rows) -> Points:
    owner, days, told, origins = ([row[place] for row in rows] for place in range(4))
    return Points(
        np.array(owner, dtype=np.int64),
        np.array(days, dtype="datetime64[D]"),
        np.array(told, dtype=np.float64),
        np.array(origins, dtype=np.int8),
        np.zeros(len(rows), dtype=np.int64),
        Coded.of([None] * len(rows)),
    )


@given(values, st.sampled_from(["later", "derived", "reported"]), st.randoms())
def test_the_last_value_of_a_series_is_the_one_that_a_score_takes_whatever_the_order(rows, prefer, random):
    policy = POLICY.model_copy(update={"indicators": POLICY.indicators.model_copy(update={"prefer": prefer})})
    found = series.settled(policy, points(rows), 3, TODAY)
    shuffled = random.sample(rows, len(rows))
    again = series.settled(policy, points(shuffled), 3, TODAY)

    derived, reported = series.latest(points(rows), 3)
    counts = settling.settle(policy.indicators, derived, reported)
    last = found.last(3)
    assert np.array_equal(np.append(found.values, NAN)[last], counts.values, equal_nan=True)
    assert found.days.tolist() == again.days.tolist()
    assert np.array_equal(found.values, again.values, equal_nan=True)
    pairs = list(zip(found.owner.tolist(), found.days.tolist(), strict=True))
    assert pairs == sorted(set(pairs))


def test_values_that_are_too_old_for_a_score_count_only_where_there_is_no_other():
    policy = POLICY.model_copy(update={"data": POLICY.data.model_copy(update={"statement_days": 600})})
    rows = [(0, "2025-08-10", 1.0, Origin.REPORTED), (0, "2025-06-30", 2.0, Origin.AUDITED), (1, "2025-08-10", 1.0, Origin.REPORTED)]

    found = series.settled(policy, points(rows), 2, TODAY)

    # a reading is good for 460 days, these accounts for 600
    assert found.values[found.last(2)].tolist() == [2.0, 1.0]


def test_two_values_contradict_each_other_beyond_the_tolerance_and_within_a_quarter():
    rule = POLICY.indicators
    pairs = [(2.46, 2.25, "2026-09-30"), (2.60, 2.25, "2026-09-30"), (2.60, 2.25, "2026-06-30"), (2.60, 2.25, "2026-06-29")]

    found = [
        bool(settling.contradict(rule, latest(one, "2026-09-30", Origin.UNAUDITED), latest(other, day, Origin.REPORTED))[0])
        for one, other, day in pairs
    ]

    assert found == [False, True, True, False]


def test_a_price_is_compared_with_that_of_three_months_before_and_with_none_of_another_owner_or_of_long_ago():
    owner = np.array([0, 0, 0, 0, 1])
    days = np.array(["2026-01-31", "2026-06-30", "2026-07-31", "2026-09-30", "2026-09-30"], dtype="datetime64[D]")

    found = price_moves.earlier(owner, days, np.array([1.0, 2.0, 3.0, 4.0, 5.0]))

    assert np.array_equal(found, [NAN, NAN, NAN, 2.0, NAN], equal_nan=True)


def test_every_derived_indicator_has_one_basis_and_is_offered_by_the_score_if_that_is_the_score():
    tables = (derived.STATEMENTS, derived.LEDGER, derived.PRICES, derived.OFFERED)
    names = [name for table in tables for name in table]
    result = score(POLICY, books.book(1))

    assert len(names) == len(set(names))
    assert set(result.figures) >= derived.OFFERED
