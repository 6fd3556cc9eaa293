"""Twelve months out of statements of many lengths."""

from __future__ import annotations

import math

import numpy as np
import pytest

from risk_engine.financials.periods import Calendar, Twelve, Way

NAN = math.nan


def calendar(*rows, count=1) -> tuple[Calendar, np.ndarray]:
    """Each row as (owner, period end, months, amount)."""
    owner, ends, months, amounts = zip(*rows, strict=True) if rows else ((), (), (), ())
    found = Calendar(np.array(owner, dtype=np.int64), np.array(ends, dtype="datetime64[D]"), np.array(months, dtype=np.int64), count)
    return found, np.array(amounts, dtype=np.float64)


def twelve(*rows, count=1) -> tuple[Twelve, np.ndarray]:
    found, amounts = calendar(*rows, count=count)
    return found.twelve(found.newest()), amounts


def ltm(*rows) -> tuple[float, Way]:
    found, amounts = twelve(*rows)
    return found.flows(amounts)[0], Way(found.ways[0])


def test_an_annual_statement_is_its_own_twelve_months():
    assert ltm((0, "2024-12-31", 12, 90), (0, "2025-12-31", 12, 100)) == (100, Way.YEAR)


def test_a_year_to_date_takes_the_last_year_without_the_same_part_of_it():
    rows = (0, "2025-12-31", 12, 100), (0, "2025-09-30", 9, 70), (0, "2026-09-30", 9, 85)

    assert ltm(*rows) == (100 + 85 - 70, Way.YEAR_TO_DATE)


def test_a_financial_year_need_not_end_in_december():
    rows = (0, "2026-03-31", 12, 100), (0, "2025-09-30", 6, 40), (0, "2026-09-30", 6, 55)

    assert ltm(*rows) == (115, Way.YEAR_TO_DATE)


def test_four_quarters_in_a_row_add_up():
    rows = [(0, day, 3, amount) for day, amount in (("2025-12-31", 1), ("2026-03-31", 2), ("2026-06-30", 4), ("2026-09-30", 8))]

    assert ltm(*rows) == (15, Way.QUARTERS)
    assert ltm(*rows[:1], *rows[2:])[1] is Way.NONE


def test_a_first_quarter_with_an_annual_statement_is_a_year_to_date_and_not_one_of_four():
    rows = [(0, day, 3, 1) for day in ("2025-06-30", "2025-09-30", "2025-12-31", "2026-03-31", "2025-03-31")]

    assert ltm(*rows) == (4, Way.QUARTERS)
    assert ltm(*rows, (0, "2025-12-31", 12, 50)) == (50 + 1 - 1, Way.YEAR_TO_DATE)


def test_two_halves_add_up():
    assert ltm((0, "2026-03-31", 6, 3), (0, "2026-09-30", 6, 4)) == (7, Way.HALVES)


@pytest.mark.parametrize(("annual", "found"), [("2025-10-31", 60), ("2026-08-31", 60), ("2025-09-30", None), ("2025-08-31", None)])
def test_where_nothing_adds_up_the_last_annual_statement_counts_for_less_than_a_year(annual, found):
    value, way = ltm((0, annual, 12, 60), (0, "2026-09-30", 3, 10))

    assert (value, way) == (60, Way.LAST_YEAR) if found else math.isnan(value)
    assert found or way is Way.NONE


def test_the_latest_of_several_annual_statements_counts():
    assert ltm((0, "2026-05-31", 12, 70), (0, "2026-01-31", 12, 60), (0, "2026-09-30", 3, 10)) == (70, Way.LAST_YEAR)


def test_the_balance_sheet_is_the_newest_one_and_of_two_that_end_together_the_longer_one():
    found, amounts = twelve((0, "2026-09-30", 9, 1), (0, "2026-09-30", 3, 2), (0, "2025-12-31", 12, 3))

    assert found.stocks(amounts).tolist() == [1]


def test_a_missing_part_makes_the_sum_missing_and_other_rows_do_not():
    rows = (0, "2025-12-31", 12, NAN), (0, "2025-09-30", 9, 70), (0, "2026-09-30", 9, 85)

    assert math.isnan(ltm(*rows)[0])
    assert ltm((0, "2025-12-31", 12, 100), (0, "2024-12-31", 12, NAN))[0] == 100


def test_a_year_of_weeks_ends_a_few_days_into_the_next_month():
    assert ltm((0, "2025-01-03", 12, 90), (0, "2026-01-02", 12, 100)) == (100, Way.YEAR)
    assert ltm((0, "2026-01-02", 12, 100), (0, "2025-10-03", 9, 70), (0, "2026-10-02", 9, 80)) == (110, Way.YEAR_TO_DATE)


def test_customers_do_not_mix_and_one_without_statements_has_none():
    found, amounts = twelve(
        (2, "2025-12-31", 12, 100), (0, "2026-09-30", 9, 80), (0, "2025-12-31", 12, 60), (0, "2025-09-30", 9, 50), count=3
    )

    assert found.flows(amounts).tolist()[::2] == [90, 100]
    assert found.ways.tolist() == [Way.YEAR_TO_DATE, Way.NONE, Way.YEAR]
    assert np.isnan([found.flows(amounts)[1], found.stocks(amounts)[1]]).all()


def test_of_a_statement_given_twice_the_later_row_counts():
    assert ltm((0, "2025-12-31", 12, 90), (0, "2025-12-31", 12, 100))[0] == 100


def test_the_year_before_ends_a_year_earlier_and_covers_most():
    found, _amounts = calendar((0, "2025-09-30", 3, 1), (0, "2025-09-30", 9, 2), (0, "2025-06-30", 6, 3), (0, "2026-09-30", 9, 4), count=2)

    assert found.year_before(found.newest()).tolist() == [1, -1]


def test_without_any_statement_there_is_nothing():
    found, amounts = twelve(count=2)

    assert np.isnan(found.flows(amounts)).all()
    assert found.newest.tolist() == [-1, -1]
