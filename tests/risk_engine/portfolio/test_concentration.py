"""Concentration: printed indices, a brute-force Gini, and laws that hold for any book."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.checks import Impossible
from risk_engine.portfolio.concentration import by_code, concentration, top_share
from tests.risk_engine.refused import facts_of

NAN = math.nan


@pytest.mark.parametrize(
    ("amounts", "hhi", "effective", "normalised", "gini"),
    [
        ([75, 25], 0.625, 1.6, 0.25, 0.25),
        ([5, 5, 5, 5], 0.25, 4.0, 0.0, 0.0),
        ([1, 2, 3, 4], 0.30, 1 / 0.30, (0.30 - 0.25) / 0.75, 0.25),
        ([0, 0, 0, 8], 1.0, 1.0, 1.0, 0.75),
        ([7], 1.0, 1.0, NAN, 0.0),
    ],
)
def test_the_indices_of_a_book(amounts, hhi, effective, normalised, gini):
    found = concentration(amounts)

    assert (found.names, found.total) == (len(amounts), sum(amounts))
    assert found.hhi == pytest.approx(hhi, rel=1e-15)
    assert found.effective_number == pytest.approx(effective, rel=1e-15)
    assert found.normalised == pytest.approx(normalised, rel=1e-14, nan_ok=True)
    assert found.gini == pytest.approx(gini, abs=1e-15)


@pytest.mark.parametrize(("amounts", "total"), [([], 0.0), ([0.0, 0.0], 0.0), ([1.0, NAN], NAN)])
def test_an_empty_book_or_a_missing_amount_is_not_computable(amounts, total):
    found = concentration(amounts)

    assert found.names == len(amounts)
    assert found.total == pytest.approx(total, nan_ok=True)
    assert np.isnan([found.hhi, found.effective_number, found.normalised, found.gini]).all()
    assert np.isnan(top_share(amounts, 1))


def test_seven_equal_names_are_seven_and_perfectly_even():
    found = concentration([0.1] * 7)

    assert (found.normalised, found.gini) == (0.0, 0.0)
    assert found.effective_number == pytest.approx(7.0)


@pytest.mark.parametrize(("count", "share"), [(1, 0.4), (2, 0.7), (3, 0.9), (4, 1.0), (9, 1.0)])
def test_the_largest_names_share_of_the_book(count, share):
    assert top_share([2, 4, 1, 3], count) == pytest.approx(share, rel=1e-15)


def test_no_names_at_all_are_no_top():
    with pytest.raises(Impossible, match="count"):
        top_share([1.0], 0)


@pytest.mark.parametrize("function", [concentration, lambda amounts: top_share(amounts, 1)])
def test_nobody_owes_less_than_nothing(function):
    with pytest.raises(Impossible, match="amounts"):
        function([1.0, -1.0])


def test_exposures_by_sector_keep_what_has_none_apart():
    parts = by_code(np.array([2, 0, -1, 2, -1]), [10.0, 5.0, 4.0, 0.5, 0.5], 4)

    assert parts.amounts.tolist() == [5.0, 0.0, 10.5, 0.0]
    assert parts.shares.tolist() == [0.25, 0.0, 0.525, 0.0]
    assert (parts.unknown, parts.unknown_share) == (4.5, 0.225)


def test_a_missing_exposure_makes_its_sector_and_every_share_missing():
    parts = by_code(np.array([0, 1, 1]), [1.0, NAN, 2.0], 2)

    np.testing.assert_array_equal(parts.amounts, [1.0, NAN])
    assert np.isnan(parts.shares).all()
    assert (parts.unknown, np.isnan(parts.unknown_share)) == (0.0, True)


def test_nothing_owed_has_no_shares():
    parts = by_code(np.array([0, -1]), [0.0, 0.0], 1)

    assert parts.amounts.tolist() == [0.0]
    assert len(parts.shares) == 1
    assert np.isnan([*parts.shares, parts.unknown_share]).all()


@pytest.mark.parametrize(("codes", "value", "place"), [([0, 2, 3], 2, 1), ([0, 1, 3], 3, 2), ([-2, 0, -3], -2, 0)])
def test_a_code_outside_its_range_is_named(codes, value, place):
    with pytest.raises(Impossible) as refused:
        by_code(np.array(codes), [1.0, 1.0, 1.0], 2)

    assert facts_of(refused.value) == {"field": "codes", "value": value, "accepted": "-1 to 1", "place": place}


def test_an_amount_by_code_is_not_below_nothing():
    with pytest.raises(Impossible, match="amounts"):
        by_code(np.array([0]), [-1.0], 1)


BOOKS = st.lists(st.integers(0, 10**9).map(lambda cents: cents / 100), min_size=2, max_size=30).filter(any)


@given(BOOKS, st.randoms(use_true_random=False))
def test_the_order_of_the_names_changes_no_bit(book, random):
    mixed = random.sample(book, len(book))

    assert concentration(mixed) == concentration(book)
    assert top_share(mixed, 3) == top_share(book, 3)


@given(BOOKS, st.integers(-20, 20))
def test_the_unit_of_money_does_not_matter(book, power):
    plain, scaled = concentration(book), concentration(np.array(book) * 2.0**power)

    assert (scaled.hhi, scaled.effective_number, scaled.normalised, scaled.gini) == (
        plain.hhi,
        plain.effective_number,
        plain.normalised,
        plain.gini,
    )
    assert scaled.total == plain.total * 2.0**power


@given(BOOKS)
def test_every_index_lies_in_its_range(book):
    found, names = concentration(book), len(book)

    assert 1 / names <= found.hhi * (1 + 1e-12)
    assert found.hhi <= 1 + 1e-12
    assert 1 - 1e-12 <= found.effective_number <= names * (1 + 1e-12)
    assert -1e-12 <= found.normalised <= 1 + 1e-12
    assert -1e-12 <= found.gini <= 1 - 1 / names + 1e-12


@given(BOOKS)
def test_the_gini_is_half_the_mean_difference_over_the_mean(book):
    amounts = np.array(book)
    differences = np.abs(amounts[:, None] - amounts[None, :]).mean()

    assert concentration(book).gini == pytest.approx(differences / (2 * amounts.mean()), abs=1e-12)


@given(BOOKS)
def test_a_merger_never_makes_a_book_less_concentrated(book):
    merged = [book[0] + book[1], *book[2:]]

    assert concentration(merged).hhi >= concentration(book).hhi * (1 - 1e-12)


@given(st.lists(st.tuples(st.integers(-1, 3), st.integers(0, 10**12)), min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_what_is_added_up_by_code_is_whole_in_any_order(rows, random):
    def parts(some):
        return by_code(np.array([code for code, _ in some]), [cents / 100 for _, cents in some], 4)

    one, other = parts(rows), parts(random.sample(rows, len(rows)))

    assert one.amounts.tolist() == other.amounts.tolist()
    assert one.shares.tobytes() == other.shares.tobytes()
    assert round((one.amounts.sum() + one.unknown) * 100) == sum(cents for _, cents in rows)
