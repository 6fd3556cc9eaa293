"""Maturities: what falls due within the horizon, to the day and to the hundredth, from schedules and without."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.checks import Impossible
from risk_engine.days import ONE_DAY
from risk_engine.impairment.amortisation import Plan
from risk_engine.repayment import maturities
from risk_engine.repayment.maturities import Due, Instalments

NAN, NAT = math.nan, "NaT"
DAY = np.datetime64("2026-03-31")


def instalments(*rows) -> Instalments:
    """Rows of (owner, due, principal, interest, final)."""
    owner, due, principal, interest, final = zip(*rows, strict=True) if rows else ((), (), (), (), ())
    return Instalments(
        np.array(owner, dtype=np.int64),
        np.array(due, dtype="datetime64[D]"),
        np.array(principal, dtype=np.float64),
        np.array(interest, dtype=np.float64),
        np.array(final, dtype=bool),
    )


def parts(due: Due, place: int = 0) -> tuple[float, float, float, float]:
    return due.arrears[place], due.instalments[place], due.maturities[place], due.interest[place]


def test_a_schedule_is_what_is_overdue_what_is_paid_off_and_what_matures():
    due = maturities.due(
        instalments(
            (0, "2026-03-30", 10.0, 1.0, False),
            (0, "2026-03-31", 20.0, 2.0, True),
            (0, "2026-04-01", 30.0, 3.0, False),
            (0, "2027-03-31", 400.0, 4.0, True),
            (0, "2027-04-01", 5000.0, 5.0, True),
            (1, "2026-12-31", 7.5, 0.25, False),
        ),
        DAY,
        12,
        3,
    )

    assert parts(due, 0) == (33.0, 30.0, 400.0, 7.0)
    assert parts(due, 1) == (0.0, 7.5, 0.0, 0.25)
    assert parts(due, 2) == (0.0, 0.0, 0.0, 0.0)
    assert due.total.tolist() == [470.0, 7.75, 0.0]


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        ("2026-03-31", 12, "2027-03-31"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-03-15", 1, "2026-04-15"),
        ("2026-03-31", 1, "2026-04-30"),
        ("2026-01-01", 24, "2028-01-01"),
    ],
)
def test_the_horizon_is_the_same_day_of_a_later_month_or_its_last(day, months, last):
    assert str(maturities.horizon(np.datetime64(day), months)) == last


def test_a_shorter_horizon_sees_less():
    rows = instalments((0, "2026-06-30", 10.0, 0.0, False), (0, "2026-09-30", 10.0, 0.0, False))

    assert maturities.due(rows, DAY, 3, 1).instalments.tolist() == [10.0]
    assert maturities.due(rows, DAY, 6, 1).instalments.tolist() == [20.0]


def test_an_unknown_date_or_amount_leaves_what_it_might_belong_to_unknown():
    undated = maturities.due(instalments((0, NAT, 1.0, 1.0, False), (1, "2026-05-01", 1.0, 1.0, False)), DAY, 12, 2)
    unknown = maturities.due(instalments((0, "2026-05-01", 5.0, NAN, False)), DAY, 12, 1)

    np.testing.assert_array_equal(parts(undated), [NAN] * 4)
    assert parts(undated, 1) == (0.0, 1.0, 0.0, 1.0)
    np.testing.assert_array_equal(parts(unknown), [0.0, 5.0, 0.0, NAN])
    assert np.isnan(unknown.total).all()


@pytest.mark.parametrize(("principal", "interest", "field"), [(-1.0, 0.0, "principal"), (0.0, -1.0, "interest")])
def test_less_than_nothing_cannot_be_due(principal, interest, field):
    with pytest.raises(Impossible) as refused:
        maturities.due(instalments((0, "2026-05-01", principal, interest, False)), DAY, 12, 1)

    assert refused.value.field == field


def test_a_sum_is_exact_to_the_hundredth():
    assert np.isnan(maturities.added(np.array([0.1]), np.array([0.2]), np.array([NAN]))).all()
    assert maturities.added(np.array([0.1, 1.004]), np.array([0.2, 1.004])).tolist() == [0.3, 2.0]


CENTS = st.integers(0, 10**12).map(lambda cents: cents / 100)
ROWS = st.tuples(st.integers(0, 3), st.integers(-100, 500).map(lambda after: str(DAY + after * ONE_DAY)), CENTS, CENTS, st.booleans())


@given(st.lists(ROWS, max_size=20), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing_and_all_of_the_horizon_is_somewhere(rows, random):
    due, mixed = (maturities.due(instalments(*some), DAY, 12, 4) for some in (rows, random.sample(rows, len(rows))))
    within = [row for row in rows if np.datetime64(row[1]) <= np.datetime64("2027-03-31")]

    for owner in range(4):
        assert parts(due, owner) == parts(mixed, owner)
        assert due.total[owner] == pytest.approx(sum(row[2] + row[3] for row in within if row[0] == owner), abs=1e-2)


@given(st.lists(ROWS, max_size=12))
def test_one_customer_alone_owes_what_it_owes_in_the_book(rows):
    book = maturities.due(instalments(*rows), DAY, 12, 4)

    for owner in range(4):
        alone = maturities.due(instalments(*((0, *row[1:]) for row in rows if row[0] == owner)), DAY, 12, 1)
        assert parts(alone) == parts(book, owner)


# --- without a schedule --------------------------------------------------------------------------------------------------


def estimated(plan, outstanding, rate, maturity) -> Due:
    one = np.array([plan], dtype=np.int8)
    return maturities.estimated(
        np.array([0]), one, np.array([outstanding]), np.array([rate]), np.array([maturity], dtype="datetime64[D]"), DAY, 1
    )


@pytest.mark.parametrize(
    ("plan", "maturity", "expected"),
    [
        (Plan.BULLET, "2031-03-31", (0.0, 0.0, 0.0, 50.0)),
        (Plan.STRAIGHT_LINE, "2031-03-31", (0.0, 200.0, 0.0, 50.0)),
        # 1000 · 0.05 / (1.05^5 − 1)
        (Plan.ANNUITY, "2031-03-31", (0.0, 180.97, 0.0, 50.0)),
        (Plan.UNKNOWN, "2031-03-31", (0.0, NAN, 0.0, 50.0)),
        # a year to the day is within the horizon, a day more is not
        (Plan.BULLET, "2027-03-31", (0.0, 0.0, 1000.0, 50.0)),
        (Plan.BULLET, "2027-04-01", (0.0, 0.0, 0.0, 50.0)),
        (Plan.UNKNOWN, "2027-03-31", (0.0, 0.0, 1000.0, 50.0)),
        (Plan.STRAIGHT_LINE, "2026-06-12", (0.0, 0.0, 1000.0, 10.0)),
        # past its maturity all of it is due, and interest for a day
        (Plan.BULLET, "2026-01-01", (0.0, 0.0, 1000.0, 0.14)),
        (Plan.BULLET, NAT, (0.0, NAN, NAN, NAN)),
    ],
)
def test_what_falls_due_on_a_facility_without_a_schedule(plan, maturity, expected):
    np.testing.assert_array_equal(parts(estimated(plan, 1000.0, 0.05, maturity)), expected)


def test_an_unknown_balance_or_rate_is_unknown():
    np.testing.assert_array_equal(parts(estimated(Plan.BULLET, NAN, 0.05, "2026-12-31")), [0.0, 0.0, NAN, NAN])
    np.testing.assert_array_equal(parts(estimated(Plan.BULLET, 1000.0, NAN, "2026-12-31")), [0.0, 0.0, 1000.0, NAN])
    np.testing.assert_array_equal(parts(estimated(Plan.STRAIGHT_LINE, 1000.0, NAN, "2031-03-31")), [0.0, 200.0, 0.0, NAN])


@pytest.mark.parametrize(("outstanding", "rate", "field"), [(-1.0, 0.05, "outstanding"), (1.0, -0.05, "rate")])
def test_what_cannot_be_is_refused_by_name(outstanding, rate, field):
    with pytest.raises(Impossible) as refused:
        estimated(Plan.BULLET, outstanding, rate, "2031-03-31")

    assert refused.value.field == field


def test_facilities_are_added_up_by_customer():
    due = maturities.estimated(
        np.array([1, 1, 0]),
        np.array([Plan.BULLET, Plan.STRAIGHT_LINE, Plan.BULLET], dtype=np.int8),
        np.array([100.0, 1000.0, 10.0]),
        np.array([0.0, 0.1, 0.0]),
        np.array(["2026-09-30", "2031-03-31", "2026-09-30"], dtype="datetime64[D]"),
        DAY,
        2,
    )

    assert parts(due, 0) == (0.0, 0.0, 10.0, 0.0)
    assert parts(due, 1) == (0.0, 200.0, 100.0, 100.0)


def test_scheduled_and_estimated_go_together_part_by_part():
    first = Due(*(np.array([value]) for value in (0.1, 1.0, 10.0, 100.0)))
    second = Due(*(np.array([value]) for value in (0.2, 2.0, 20.0, 200.0)))

    assert parts(maturities.together(first, second)) == (0.3, 3.0, 30.0, 300.0)
