"""Amortisation: lives to the day, and what is still owed, against plans that are paid instalment by instalment."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.checks import Impossible
from risk_engine.days import ONE_DAY
from risk_engine.impairment import amortisation
from risk_engine.impairment.amortisation import Plan
from tests.risk_engine.refused import facts_of

NAN = math.nan
TODAY = np.datetime64("2026-09-30")


def lives(*maturities, as_of=TODAY, behavioural=NAN, shortest=0.1) -> list[float]:
    days = np.array(maturities, dtype="datetime64[D]")
    return amortisation.remaining_years(as_of, days, np.full(len(days), behavioural), shortest=shortest).tolist()


def owed(plan: int, years: float, rate: float, upto: int) -> list[float]:
    columns = np.array([plan], dtype=np.int8), np.array([years]), np.array([rate])
    return [amortisation.still_owed(columns[0], year, columns[1], columns[2])[0] for year in range(1, upto + 1)]


def paid_off(years: int, rate: float) -> list[float]:
    """The balance at each year's beginning of a loan of 1 in equal instalments, paid one by one."""
    instalment = rate / (1 - (1 + rate) ** -years)
    balances = [1.0]
    for _year in range(years - 1):
        balances.append(balances[-1] * (1 + rate) - instalment)
    return balances


# --- lives ---------------------------------------------------------------------------------------------------------------


def test_to_the_day_in_so_many_years_is_so_many_years():
    assert lives("2027-09-30", "2031-09-30", "2056-09-30") == [1.0, 5.0, 30.0]


def test_of_the_last_year_the_share_of_its_days_counts():
    assert lives("2027-09-29") == [364 / 365]
    assert lives("2028-03-30") == [1 + 182 / 366]
    assert lives("2026-12-31") == [92 / 365]


def test_a_leap_day_has_its_anniversary_on_the_last_of_february():
    leap = np.datetime64("2028-02-29")

    assert amortisation.anniversaries(leap, 4).astype(str).tolist() == [
        "2028-02-29",
        "2029-02-28",
        "2030-02-28",
        "2031-02-28",
        "2032-02-29",
    ]
    assert lives("2029-02-28", "2032-02-29", as_of=leap) == [1.0, 4.0]


def test_a_moment_of_the_day_does_not_matter():
    assert lives("2027-09-30", as_of=np.datetime64("2026-09-30T17:45")) == [1.0]


def test_a_claim_past_its_maturity_lives_the_shortest_life():
    assert lives("2026-09-30", "2020-01-01", "2026-10-05", shortest=0.25) == [0.25, 0.25, 0.25]
    assert lives("2026-12-31", shortest=0.25)[0] == 92 / 365


def test_without_a_maturity_behaviour_counts_and_without_either_nothing_is_known():
    np.testing.assert_array_equal(lives("NaT", "2027-09-30", behavioural=3.0), [3.0, 1.0])
    np.testing.assert_array_equal(lives("NaT", "2027-09-30"), [NAN, 1.0])
    assert lives("NaT", behavioural=0.1, shortest=0.5) == [0.5]


def test_a_maturity_in_a_hundred_years_is_refused():
    assert lives("2126-09-29")[0] == pytest.approx(100, abs=0.01)
    with pytest.raises(Impossible) as refused:
        lives("2050-01-01", "2126-09-30", "2200-01-01")

    assert facts_of(refused.value) == {"field": "maturity", "value": "2126-09-30", "accepted": "before 2126-09-30", "place": 1}


@given(st.integers(1, 36000), st.integers(1, 36000))
def test_a_later_maturity_is_a_longer_life(first, second):
    early, late = lives(TODAY + min(first, second) * ONE_DAY, TODAY + max(first, second) * ONE_DAY, shortest=1e-9)

    assert (early < late) == (first != second)


# --- what is owed --------------------------------------------------------------------------------------------------------


def test_a_bullet_is_owed_whole():
    assert owed(Plan.BULLET, 4.5, 0.06, 5) == [1.0] * 5


def test_in_a_straight_line_a_fifth_goes_each_year():
    assert owed(Plan.STRAIGHT_LINE, 5, 0.06, 5) == pytest.approx([1.0, 0.8, 0.6, 0.4, 0.2])
    assert owed(Plan.STRAIGHT_LINE, 2.5, 0.06, 3) == pytest.approx([1.0, 0.6, 0.2])


@pytest.mark.parametrize("years", [1, 2, 5, 30])
@pytest.mark.parametrize("rate", [0.001, 0.06, 0.25, -0.01])
def test_an_annuity_is_what_equal_instalments_leave(years, rate):
    assert owed(Plan.ANNUITY, years, rate, years) == pytest.approx(paid_off(years, rate), rel=1e-9)


def test_an_annuity_without_interest_is_a_straight_line():
    assert owed(Plan.ANNUITY, 4, 0.0, 4) == [1.0, 0.75, 0.5, 0.25]
    # rates whose growth can hardly be told from none
    for rate in (5e-324, 1e-12, -1e-12, 1e-11):
        assert owed(Plan.ANNUITY, 4, rate, 4) == pytest.approx([1.0, 0.75, 0.5, 0.25], rel=1e-9)


def test_without_a_plan_nothing_is_known():
    assert math.isnan(owed(Plan.UNKNOWN, 4, 0.05, 1)[0])
    assert math.isnan(owed(9, 4, 0.05, 1)[0])


@given(st.sampled_from([Plan.BULLET, Plan.STRAIGHT_LINE, Plan.ANNUITY]), st.floats(0.1, 40), st.floats(0, 1))
def test_what_is_owed_never_rises_and_is_never_below_nothing(plan, years, rate):
    shares = owed(plan, years, rate, math.ceil(years))

    assert shares[0] == 1.0
    assert all(later <= earlier + 1e-12 for earlier, later in itertools.pairwise(shares))
    assert min(shares) > 0


@given(st.lists(st.tuples(st.integers(-1, 2), st.floats(2.01, 30), st.floats(-0.5, 1)), min_size=1, max_size=12))
def test_plans_stand_side_by_side(rows):
    plans, years, rates = zip(*rows, strict=True)
    many = amortisation.still_owed(np.array(plans, dtype=np.int8), 3, np.array(years), np.array(rates))

    np.testing.assert_array_equal(many, [owed(*row, 3)[2] for row in rows])
