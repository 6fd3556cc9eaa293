"""The size of a firm is that of its accounting group, in the currency of the rule."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from risk_engine.capital import group_sales
from risk_engine.facts.facts import Groups
from risk_engine.scoring import scoring
from risk_engine.scoring.scoring import score
from storage.policy import policies
from tests.risk_engine import books

POLICY = policies.read(None)
MILLION = 1e6


def book(sales: list[float | None], group: list[int], head: tuple[int, ...] = (), *, rates=None, apart: tuple[int, ...] = ()):
    """So many customers with these sales in millions of euros; those ``apart`` have only accounts of their own."""
    count = len(sales)
    rows = [(place, {"revenue": each * MILLION}) for place, each in enumerate(sales) if each is not None]
    accounts = books.statements(count, rows)
    own = np.isin(np.arange(count), apart)
    heads = np.isin(np.arange(count), head)
    return books.book(
        count,
        rates=rates,
        accounts=dataclasses.replace(accounts, consolidated=accounts.consolidated & ~own),
        groups=Groups.of(books.places(group), heads),
        ratings=books.ratings([(place, "S&P", "global", "BB") for place in range(count)]),
        facilities=books.facilities([(place, {"limit": 600.0}) for place in range(count)]),
    )


def found(*args, policy=POLICY, **kwargs) -> tuple[list[float], list[bool]]:
    groups = group_sales.followed(policy, book(*args, **kwargs)).groups
    return groups.sales.tolist(), groups.bound.tolist()


def test_a_group_has_its_parents_consolidated_sales():
    assert found([120.0, 20.0, None, 7.0], [0, 0, 0, -1], head=(0,)) == ([120, 120, 120, 7], [False] * 4)


def test_without_a_parents_consolidated_statement_the_members_known_add_up_to_an_upper_bound():
    assert found([30.0, 25.0, None], [0, 0, 0]) == ([55] * 3, [True] * 3)
    assert found([30.0, 25.0, None], [0, 0, 0], head=(2,)) == ([55] * 3, [True] * 3)
    assert found([30.0, 25.0], [0, 0], head=(0,), apart=(0,)) == ([55] * 2, [True] * 2)
    # which of two is the parent is not known
    assert found([30.0, 25.0], [0, 0], head=(0, 1)) == ([55] * 2, [True] * 2)


def test_nobody_of_whose_group_nothing_is_known_has_a_size():
    sales, bound = found([None, None, 4.0], [0, 0, 1])

    assert np.isnan(sales[:2]).all()
    assert (sales[2], bound) == (4.0, [False, False, True])


def test_sales_are_in_the_currency_of_the_rule():
    size = POLICY.capital.irb.size.model_copy(update={"currency": "CNY"})
    chinese = POLICY.model_copy(
        update={"capital": POLICY.capital.model_copy(update={"irb": POLICY.capital.irb.model_copy(update={"size": size})})}
    )

    assert found([10.0], [-1], policy=chinese, rates={"CNY": 0.125})[0] == [80.0]
    # without a dated rate the size is not known
    assert np.isnan(found([10.0], [-1], policy=chinese)[0]).all()


@pytest.mark.parametrize(("group", "rwa_standard"), [([-1, -1], [510.0, 600.0]), ([0, 0], [600.0, 600.0])])
def test_a_small_member_of_a_large_group_is_no_small_firm(group, rwa_standard):
    figures = score(POLICY, book([20.0, 70.0], group)).figures

    assert figures["rwa_standard"].tolist() == rwa_standard
    assert bool(figures["rwa"][0] < figures["rwa"][1]) is (group == [-1, -1])


def test_the_sales_and_their_bound_are_figures():
    figures = score(POLICY, book([20.0, 25.0, 3.0], [0, 0, -1])).figures

    assert figures["group_sales"].tolist() == [45 * MILLION, 45 * MILLION, 3 * MILLION]
    assert figures["group_sales_bound"][:2].tolist() == [1, 1]
    assert np.isnan(figures["group_sales_bound"][2])


def test_parts_of_a_book_know_the_whole_group(monkeypatch):

    whole = score(POLICY, book([20.0, 25.0, 70.0], [0, 1, 0])).figures["rwa"]
    monkeypatch.setattr(scoring, "CHUNK", 1)

    assert score(POLICY, book([20.0, 25.0, 70.0], [0, 1, 0])).figures["rwa"].tolist() == whole.tolist()
