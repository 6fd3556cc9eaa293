"""Figures of conduct: against hand counts, and laws of a ranking that money, size and neighbours do not move."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.categorical import Coded
from risk_engine.conduct import conduct, customer_months, lateness
from risk_engine.conduct.conduct_policy import Conduct
from risk_engine.days import ONE_DAY, ONE_MONTH
from risk_engine.facts.facts import AccountMonths, Instalments, Payments
from tests.risk_engine import books

RULES = Conduct(balance_months=12, overdraft_months=6, incident_months=12, late_months=12, limit_months=12, least_months=2, least_ledgers=3)
NAN = np.nan


def month_end(month):
    return np.datetime64(month, "M").astype("datetime64[D]") + np.timedelta64(31, "D") - ONE_DAY - _spare(month)


def _spare(month):
    first = np.datetime64(month, "M")
    return (first.astype("datetime64[D]") + np.timedelta64(31, "D")) - (first + ONE_MONTH).astype("datetime64[D]")


def table(*rows):
    """Months: owner, account, month, opening, lowest, mean, closing, inflow, outflow, days in overdraft, and more by name."""
    plain = list(rows)
    month = np.array([row[2] for row in plain], dtype="datetime64[M]")
    more = [row[10] if len(row) > 10 else {} for row in plain]
    column = [np.array([row[place] for row in plain], dtype=np.float64) for place in range(3, 10)]
    return AccountMonths(
        np.array([row[0] for row in plain], dtype=np.int64),
        np.array([row[1] for row in plain], dtype=np.int64),
        customer_months.numbers_of(month),
        Coded.of([one.get("currency", "EUR") for one in more]),
        *column,
        np.array([one.get("returned", 0.0) for one in more]),
        np.array([one.get("charged", 0.0) for one in more]),
        np.array([one.get("until", month_end(row[2])) for row, one in zip(plain, more, strict=True)], dtype="datetime64[D]"),
    )


def steady(owner, account, months, *, lowest=20.0, closing=50.0, flow=100.0, **more):
    """Months of equal figures."""
    return [(owner, account, month, closing, lowest, 40.0, closing, flow, flow, 0.0, more) for month in months]


YEAR = [str(month) for month in np.arange("2025-10", "2026-10", dtype="datetime64[M]")]


def figures(rows, count=1, rates=None, rules=RULES):
    """The measures of each customer's newest month, by name."""
    months = customer_months.together(rows, rates or {}, count)
    found = conduct.observed(rules, months, months.last())
    return {name: measure.of(found.columns).tolist() for name, measure in conduct.CONDUCT.items()}


def test_a_year_is_measured_by_hand():
    rows = steady(0, 0, YEAR)
    rows[4] = (0, 0, YEAR[4], 50.0, -10.0, 28.0, 50.0, 100.0, 100.0, 4.0, {"returned": 2.0})
    rows[8] = (0, 0, YEAR[8], 50.0, -5.0, 40.0, 50.0, 100.0, 100.0, 3.0, {"charged": 1.0})

    found = figures(table(*rows))

    assert found["minimum_balance"] == [-0.1]
    assert found["cash_buffer_days"] == [pytest.approx(39.0 / 100.0 * 365.25 / 12)]
    # the overdraft of February is older than half a year
    assert found["overdraft_days"] == [3.0]
    assert (found["returned_payments"], found["overdraft_charges"]) == ([2.0], [1.0])


def test_what_is_older_than_the_window_does_not_count():
    early = ["2025-08", "2025-09"]
    rows = [(0, 0, month, 50.0, -900.0, -900.0, 50.0, 9.0, 9.0, 30.0, {"returned": 9.0}) for month in early]

    assert figures(table(*rows, *steady(0, 0, YEAR))) == figures(table(*steady(0, 0, YEAR)))


def test_one_large_receipt_does_not_hide_a_thin_balance():
    rows = steady(0, 0, YEAR)
    rows[6] = (0, 0, YEAR[6], 50.0, 20.0, 40.0, 50.0, 90_000.0, 90_000.0, 0.0, {})

    assert figures(table(*rows)) == figures(table(*steady(0, 0, YEAR)))


def test_a_month_at_rest_is_as_good_as_one_with_its_row():
    resting = (0, 0, "2026-03", 50.0, 50.0, 50.0, 50.0, 0.0, 0.0, 0.0, {})
    rows = [row for row in steady(0, 0, YEAR) if row[2] != "2026-03"]

    assert figures(table(*rows)) == figures(table(*rows, resting))


def test_an_account_that_rests_overdrawn_is_overdrawn_every_day_up_to_the_customers_newest_month():
    overdrawn = (0, 1, "2026-06", 10.0, -40.0, -40.0, -40.0, 0.0, 50.0, 20.0, {})

    found = figures(table(*steady(0, 0, YEAR), (0, 1, "2026-05", 10.0, 10.0, 10.0, 10.0, 5.0, 5.0, 0.0, {}), overdrawn))

    assert found["overdraft_days"] == [20 + 31 + 31 + 30]


def test_months_whose_transactions_are_missing_are_unknown_and_not_at_rest():
    # the balance is -500 in February, and 50 when the next known month begins
    rows = [row for row in steady(0, 0, YEAR) if row[2] not in {"2026-03", "2026-04", "2026-05"}]
    rows[4] = (0, 0, "2026-02", 50.0, 20.0, 40.0, -500.0, 100.0, 100.0, 0.0, {})

    assert figures(table(*rows))["overdraft_days"] == [0.0]


def test_the_month_in_which_an_account_was_opened_says_nothing():
    opened = (0, 0, "2026-06", 0.0, 1.0, 30.0, 50.0, 51.0, 1.0, 0.0, {})

    assert figures(table(opened, *steady(0, 0, YEAR[-3:])))["minimum_balance"] == [0.2]
    # unless there is nothing else
    assert figures(table(opened), rules=RULES.model_copy(update={"least_months": 1}))["minimum_balance"] == [pytest.approx(1 / 51)]


def test_too_few_months_are_not_judged():
    assert np.isnan(figures(table(*steady(0, 0, YEAR[-1:])))["overdraft_days"]).all()
    assert not np.isnan(figures(table(*steady(0, 0, YEAR[-2:])))["overdraft_days"]).any()


def test_a_month_that_is_not_over_does_not_lower_the_usual_flows():
    rows = steady(0, 0, YEAR[-4:])
    begun = (0, 0, YEAR[-1], 50.0, 20.0, 40.0, 50.0, 3.0, 3.0, 0.0, {"until": np.datetime64("2026-09-02")})

    assert figures(table(*rows[:-1], begun))["minimum_balance"] == [0.2]


def test_unknown_counts_stay_unknown():
    rows = steady(0, 0, YEAR[:-1]) + steady(0, 0, YEAR[-1:], returned=NAN)

    assert np.isnan(figures(table(*rows))["returned_payments"]).all()
    assert figures(table(*rows))["overdraft_charges"] == [0.0]


def test_accounts_in_two_currencies_need_a_rate_and_one_currency_needs_none():
    czech = steady(0, 0, YEAR, currency="CZK")
    both = table(*czech, *steady(0, 1, YEAR, lowest=1.0, flow=5.0))

    assert figures(table(*czech), rates={}) == figures(table(*steady(0, 0, YEAR)))
    assert np.isnan(figures(both, rates={"EUR": 1.0})["minimum_balance"]).all()
    assert figures(both, rates={"EUR": 1.0, "CZK": 0.04})["minimum_balance"] == [pytest.approx((20 * 0.04 + 1) / (100 * 0.04 + 5))]


amounts = st.integers(-500, 500).map(float)
flows = st.integers(0, 500).map(float)
drawn_rows = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1), st.integers(0, 15), amounts, amounts, flows, flows), max_size=40)


def drawn(rows):
    """A random book: one row per owner, account and month."""
    kept = {(owner, account, month): rest for owner, account, month, *rest in rows}
    months = np.arange("2025-06", "2026-10", dtype="datetime64[M]")
    return table(
        *(
            (owner, 2 * owner + account, str(months[month]), closing, lowest, closing, closing, inflow, outflow, float(lowest < 0), {})
            for (owner, account, month), (lowest, closing, inflow, outflow) in kept.items()
        )
    )


@given(drawn_rows, st.sampled_from([10.0, 1_000.0]))
def test_scaling_all_amounts_changes_no_figure(rows, factor):
    book = drawn(rows)
    scaled = {name: getattr(book, name) * factor for name in ("opening", "lowest", "mean", "closing", "inflow", "outflow")}

    for name, column in figures(replace(book, **scaled), 4).items():
        assert column == pytest.approx(figures(book, 4)[name], nan_ok=True)


@given(drawn_rows)
def test_a_customer_is_measured_alone_as_among_others_bit_for_bit(rows):
    book = drawn(rows)
    months = customer_months.together(book, {}, 4)
    owners = months.owner[months.last()].tolist()
    whole = figures(book, 4)

    for place, owner in enumerate(owners):
        alone = figures(customer_months._taken(book, np.flatnonzero(book.owner == owner)), 4)
        assert {name: repr(column[place]) for name, column in whole.items()} == {name: repr(column[0]) for name, column in alone.items()}


@given(drawn_rows, st.randoms())
def test_the_order_of_the_rows_does_not_matter(rows, random):
    book = drawn(rows)
    order = list(range(len(book.owner)))
    random.shuffle(order)

    assert repr(figures(customer_months._taken(book, np.array(order, dtype=np.int64)), 4)) == repr(figures(book, 4))


@given(drawn_rows, st.integers(1, 300).map(float))
def test_higher_balances_never_make_a_figure_worse(rows, more):
    book = drawn(rows)
    richer = replace(book, **{name: getattr(book, name) + more for name in ("opening", "lowest", "mean", "closing")})
    before, after = figures(book, 4), figures(richer, 4)
    # an account that began at zero was opened then, and one that begins with more was not
    if not (book.opening == 0).any() and not (richer.opening == 0).any():
        for name in ("minimum_balance", "cash_buffer_days"):
            for low, high in zip(before[name], after[name], strict=True):
                assert np.isnan(low) or high >= low


def test_the_use_of_limits_is_mean_and_peak_of_the_ledgers_within_a_year():
    days = np.array(["2025-09-01", "2025-12-31", "2026-03-31", "2026-06-30", "2026-09-30", "2026-09-30"], dtype="datetime64[D]")
    owner = np.array([0, 0, 0, 0, 0, 1])

    found = conduct.limits_used(RULES, owner, days, np.array([0.9, 0.2, 0.4, 0.3, 0.5, 0.7]))

    assert found["mean_use"].tolist()[4] == pytest.approx(0.35)
    assert found["peak_use"].tolist()[4] == 0.5
    # two ledgers are too few, and another customer's do not count
    assert np.isnan(found["mean_use"][[0, 1, 5]]).all()


def lent(instalments, payments):
    """A book of one facility: due dates with amounts, and days of payment with amounts."""
    facts = books.book(1, facilities=books.facilities([(0, {})]))
    nowhere = np.zeros(len(instalments), dtype=np.int64)
    amounts = books.floats([amount for _, amount in instalments])
    due = Instalments(nowhere, nowhere, books.days([day for day, _ in instalments]), amounts, 0.0 * nowhere)
    paid = np.zeros(len(payments), dtype=np.int64)
    day = books.days([day for day, _ in payments])
    return replace(facts, instalments=due, payments=Payments(paid, paid, day, day, books.floats([amount for _, amount in payments])))


def test_days_late_are_weighed_by_amount_the_oldest_instalment_first():
    due = [("2025-01-31", 100.0), ("2026-03-31", 100.0), ("2026-06-30", 300.0)]
    paid = [("2025-06-30", 100.0), ("2026-04-10", 60.0), ("2026-04-20", 40.0), ("2026-06-25", 300.0)]

    # the first is older than a year; the second was paid in full after 20 days, the third before it was due
    assert lateness.average_days_late(lent(due, paid), 12).tolist() == [pytest.approx((20 * 100 + 0 * 300) / 400)]


def test_an_unpaid_instalment_is_late_up_to_the_ledgers_day_and_without_payments_nothing_is_known():
    due = [("2026-03-31", 100.0), ("2026-08-31", 100.0), ("2026-12-31", 100.0)]

    assert lateness.average_days_late(lent(due, [("2026-03-31", 100.0)]), 12).tolist() == [15.0]
    assert np.isnan(lateness.average_days_late(lent(due, []), 12)).all()
