"""A month of an account: what its movements say, in whatever order they come."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.conduct.account_month import AccountMonth, Movement, condensed

END = date(2026, 3, 31)


def march(*movements):
    """Movements of March: day, amount and balance."""
    return [Movement(date(2026, 3, day), amount, balance, *kind) for day, amount, balance, *kind in movements]


def test_a_month_is_counted_by_hand():
    rows = march((3, 100, 150), (10, -180, -30), (12, -5, -35, "overdraft_interest"), (13, 65, 30), (20, -10, 20, "returned_payment"))

    found = condensed(rows, END)

    # 2 days at 50, 7 at 150, 2 at -30, 1 at -35, 7 at 30, 12 at 20
    mean = round((2 * 50 + 7 * 150 - 2 * 30 - 35 + 7 * 30 + 12 * 20) / 31)
    assert found == AccountMonth(
        opening=50,
        lowest=-35,
        mean=mean,
        closing=20,
        inflow=165,
        outflow=195,
        overdraft_days=3,
        returned=1,
        charged=1,
        movements=5,
        gaps=0,
        first=date(2026, 3, 3),
        last=date(2026, 3, 20),
        until=END,
    )


def test_a_month_that_is_not_over_ends_with_the_file():
    found = condensed(march((3, -100, -50)), date(2026, 3, 10))

    assert (found.until, found.overdraft_days, found.mean) == (date(2026, 3, 10), 8, round((2 * 50 - 8 * 50) / 10))


def test_an_overdraft_of_a_few_hours_is_a_day():
    found = condensed(march((3, -100, -50), (3, 100, 50)), END)

    assert (found.overdraft_days, found.lowest, found.closing) == (1, -50, 50)


def test_a_balance_of_nothing_is_no_overdraft_and_one_below_it_is():
    assert condensed(march((1, -50, 0)), END).overdraft_days == 0
    assert condensed(march((1, -50, -1)), END).overdraft_days == 31


def test_the_smallest_movements_flow_in_and_out():
    found = condensed(march((3, 1, 11), (4, -1, 10), (5, -1, 9)), END)

    assert (found.inflow, found.outflow) == (1, 2)


def test_a_missing_movement_is_a_gap():
    whole = march((3, 100, 150), (10, -20, 130), (20, 5, 135))

    assert condensed(whole, END).gaps == 0
    assert condensed([whole[0], whole[2]], END).gaps == 1


def test_movements_without_signs_are_gaps_and_leave_the_balances_as_they_are():
    found = condensed(march((3, 100, 150), (10, 20, 130), (20, 5, 125)), END)

    assert (found.gaps, found.lowest, found.closing) == (2, 125, 125)


@given(st.lists(st.tuples(st.integers(1, 31), st.integers(-50, 50)), min_size=1, max_size=12), st.integers(-100, 100), st.randoms())
def test_the_order_within_a_day_does_not_matter(steps: list[tuple[int, int]], before: int, random: Random):
    rows, balance = [], before
    for day, amount in sorted(steps, key=lambda step: step[0]):
        balance += amount
        rows.append(Movement(date(2026, 3, day), amount, balance))
    mixed = sorted(random.sample(rows, len(rows)), key=lambda row: row.day)

    found, other = condensed(rows, END), condensed(mixed, END)

    assert (found.opening, found.closing, found.gaps) == (before, balance, 0)
    # a first day that ends where it began leaves open at which of its balances it began
    first = [row for row in rows if row.day == rows[0].day]
    if sum(row.amount for row in first) != 0:
        assert other == found


@pytest.mark.parametrize("factor", [10, 1_000])
def test_scaling_all_amounts_scales_the_balances_and_changes_no_count(factor):
    rows = march((3, 100, 150), (10, -180, -30), (13, 62, 32))
    scaled = [row._replace(amount=row.amount * factor, balance=row.balance * factor) for row in rows]

    found, larger = condensed(rows, END), condensed(scaled, END)

    assert (larger.lowest, larger.inflow, larger.overdraft_days) == (found.lowest * factor, found.inflow * factor, found.overdraft_days)
    assert abs(larger.mean - found.mean * factor) <= factor / 2
    assert replace(larger, **dict.fromkeys(("opening", "lowest", "mean", "closing", "inflow", "outflow"), 0)) == replace(
        found, **dict.fromkeys(("opening", "lowest", "mean", "closing", "inflow", "outflow"), 0)
    )


def test_february_ends_when_it_does():
    found = condensed([Movement(date(2028, 2, 1), 5, 5)], date(2028, 12, 31))

    assert found.until == date(2028, 2, 29) == date(2028, 3, 1) - timedelta(days=1)
