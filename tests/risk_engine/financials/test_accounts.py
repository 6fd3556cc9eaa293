"""Every customer's twelve months out of all its statements: whose count, which currency, how old."""

from __future__ import annotations

import math

import numpy as np
import pytest

from risk_engine.facts.facts import Accounts
from risk_engine.financials.accounts import Filed, accounts, recent
from risk_engine.financials.periods import Way
from tests.risk_engine import books
from tests.risk_engine.books import NAN

QUARTERS = ("2025-12-31", "2026-03-31", "2026-06-30", "2026-09-30")


def made(*rows, count=1) -> Accounts:
    """Each row as (owner, period end, months, consolidated, currency, amounts); numbered from 1."""
    owner, ends, months, group, currencies, amounts = books.columns(rows, 6)
    columns = {
        name: books.floats([row.get(name, NAN) for row in amounts])
        for name in ("revenue", "total_assets", "ebitda", "ebit", "depreciation")
    }
    filed = Filed(
        books.places(owner),
        books.places(range(1, len(rows) + 1)),
        books.days(ends),
        books.places(months),
        np.array(group, dtype=bool),
        np.zeros(len(rows), dtype=bool),
        books.coded(currencies),
        columns,
    )
    return accounts(filed, count)


def test_flows_are_of_twelve_months_and_balances_the_newest():
    found = made(
        *((0, end, 3, True, "EUR", {"revenue": 10.0 + place, "total_assets": 100.0 + place}) for place, end in enumerate(QUARTERS))
    )

    assert (found.now["revenue"][0], found.now["total_assets"][0]) == (46.0, 103.0)
    assert (found.ids[0], found.as_of[0], Way(found.twelve[0])) == (4, np.datetime64("2026-09-30"), Way.QUARTERS)
    assert math.isnan(found.before["revenue"][0])


def test_the_year_before_is_put_together_likewise():
    ends = ("2024-12-31", "2025-12-31")
    found = made(*((0, end, 12, True, "EUR", {"revenue": 10.0 + place}) for place, end in enumerate(ends)))

    assert (found.now["revenue"][0], found.before["revenue"][0]) == (11.0, 10.0)


def test_a_groups_statements_count_and_never_beside_its_parents():
    group, parent = (0, "2025-12-31", 12, True, "EUR", {"revenue": 10.0}), (0, "2026-06-30", 12, False, "EUR", {"revenue": 99.0})

    assert made(group, parent).now["revenue"][0] == 10.0
    assert made(parent).now["revenue"][0] == 99.0
    assert made(group, (1, *parent[1:]), count=2).now["revenue"].tolist() == [10.0, 99.0]


def test_no_sum_is_made_over_two_currencies():
    rows = [(0, end, 3, True, "EUR" if end != "2026-03-31" else "USD", {"revenue": 10.0, "total_assets": 5.0}) for end in QUARTERS]
    found = made(*rows)

    assert math.isnan(found.now["revenue"][0])
    assert (found.now["total_assets"][0], found.currencies.texts()[0]) == (5.0, "EUR")


def test_an_identity_fills_in_what_a_part_of_a_year_leaves_out():
    rows = [(0, end, 3, True, "EUR", {"ebit": 7.0, "depreciation": 3.0}) for end in QUARTERS]

    assert made(*rows).now["ebitda"][0] == 40.0


@pytest.mark.parametrize(("oldest", "kept"), [("2025-12-31", True), ("2026-01-01", False)])
def test_accounts_that_are_too_old_are_as_good_as_none(oldest, kept):
    row = (0, "2025-12-31", 12, True, "EUR", {"revenue": 10.0})
    found = recent(made(row, (1, "2026-06-30", *row[2:]), count=2), np.datetime64(oldest))

    assert found.ids.tolist() == [1 if kept else 0, 2]
    assert math.isnan(found.now["revenue"][0]) is not kept
    assert np.isnat(found.as_of).tolist() == [not kept, False]
    assert (found.now["revenue"][1], found.twelve.tolist()) == (10.0, [Way.YEAR if kept else 0, Way.YEAR])


def test_whoever_sent_none_has_none_and_is_not_recent():
    found = recent(made(count=2), np.datetime64("2020-01-01"))

    assert (found.ids.tolist(), found.currencies.codes.tolist(), found.twelve.tolist()) == ([0, 0], [-1, -1], [0, 0])
    assert np.isnan(found.now["revenue"]).all()
