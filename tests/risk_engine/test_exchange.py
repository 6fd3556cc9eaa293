"""Exchange rates: read either way, through a third currency, and never taken as 1."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.exchange import Quote, conversions

OLD, NEW = date(2026, 11, 1), date(2026, 11, 20)


def test_a_currency_is_worth_itself_and_one_without_a_quote_is_left_out():
    found = conversions([], ["EUR", "USD"], "EUR")

    assert {currency: way.factor for currency, way in found.items()} == {"EUR": 1.0}


def test_a_quote_is_read_either_way():
    forth = conversions([Quote("USD", "EUR", NEW, 0.8)], ["USD"], "EUR")
    back = conversions([Quote("EUR", "USD", NEW, 1.25)], ["USD"], "EUR")

    assert forth["USD"].factor == pytest.approx(back["USD"].factor) == pytest.approx(0.8)


def test_the_newest_quote_of_a_pair_counts():
    found = conversions([Quote("USD", "EUR", NEW, 0.9, 2), Quote("USD", "EUR", OLD, 0.8, 1)], ["USD"], "EUR")

    assert (found["USD"].factor, found["USD"].as_of, found["USD"].quotes) == (0.9, NEW, (2,))


def test_two_quotes_in_a_third_currency_are_crossed_and_dated_by_the_older():
    quotes = [Quote("CNY", "USD", OLD, 0.14, 1), Quote("EUR", "USD", NEW, 1.12, 2)]
    found = conversions(quotes, ["CNY"], "EUR")["CNY"]

    assert found.factor == pytest.approx(0.125)
    assert (found.as_of, found.quotes) == (OLD, (1, 2))


def test_a_direct_quote_counts_before_a_newer_way_round():
    quotes = [Quote("CNY", "EUR", OLD, 0.13), Quote("CNY", "USD", NEW, 0.14), Quote("EUR", "USD", NEW, 1.12)]

    assert conversions(quotes, ["CNY"], "EUR")["CNY"].factor == 0.13


@given(st.floats(1e-6, 1e6), st.floats(1e-6, 1e6))
def test_there_and_back_is_where_one_began(first, second):
    quotes = [Quote("A", "X", NEW, first), Quote("B", "X", NEW, second)]

    there, back = conversions(quotes, ["A"], "B")["A"].factor, conversions(quotes, ["B"], "A")["B"].factor

    assert there * back == pytest.approx(1.0)
