"""What guarantees recover in the accounts: each until it ends, and the others in its place afterwards."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.security.guarantees import Cover
from risk_engine.security.recoveries import Unrecovered, unrecovered

NAN = np.nan
# by guarantor: one that never defaults, and one that does in a tenth of the cases
PD = np.array([0.0, 0.1])


def left(*rows: tuple[int, float | None, float], remaining: float = 10.0, ead: float = 1000.0) -> Unrecovered:
    """The share of one facility's loss that remains; each row is a guarantee: guarantor, amount or None, years left or NaN."""
    amounts = np.array([NAN if row[1] is None else row[1] for row in rows])
    cover = Cover(np.zeros(len(rows), dtype=np.int64), np.array([row[0] for row in rows]), amounts, np.isnan(amounts))
    return unrecovered(cover, np.array([row[2] for row in rows]), np.array([ead]), PD, np.array([remaining]))


def years(*rows, **more) -> list[float]:
    return left(*rows, **more).by_year[:, 0].tolist()


def test_a_guarantee_without_an_end_recovers_the_same_in_every_year():
    assert years((0, 250.0, NAN)) == [0.75]
    assert years((1, None, NAN)) == [pytest.approx(0.1)]


def test_a_guarantee_recovers_until_it_ends():
    assert years((0, 250.0, 2.0)) == [0.75, 0.75, 1.0]
    assert years((0, 250.0, 1.5)) == [0.75, 0.875, 1.0]
    assert years((0, 250.0, 0.0)) == [1.0]


def test_the_next_guarantee_takes_the_place_of_one_that_has_ended():
    assert years((0, None, 0.5), (1, None, NAN)) == [pytest.approx(0.05), pytest.approx(0.1)]
    assert years((0, 600.0, 0.5), (1, 600.0, 1.5)) == [pytest.approx(0.5 * 0.04 + 0.5 * 0.46), pytest.approx(0.5 * 0.46 + 0.5), 1.0]
    # in whichever order they are told
    assert years((1, 600.0, 1.5), (0, 600.0, 0.5)) == years((0, 600.0, 0.5), (1, 600.0, 1.5))


def test_the_last_part_of_a_year_counts_by_its_own_length():
    assert years((0, None, 0.25), remaining=0.5) == [0.5, 1.0]
    assert years((0, None, 1.25), remaining=1.5) == [0.0, 0.5, 1.0]


def test_today_every_guarantee_that_stands_recovers():
    assert left((0, 250.0, 0.0), (1, 250.0, 3.0)).today.tolist() == [pytest.approx(1 - 0.25 - 0.25 * 0.9)]


def test_facilities_do_not_share_their_guarantees_ends():
    cover = Cover(np.array([0, 1, 1]), np.array([0, 0, 1]), np.full(3, NAN), np.ones(3, dtype=bool))
    found = unrecovered(cover, np.array([1.0, 0.5, NAN]), np.full(3, 100.0), PD, np.array([5.0, 5.0, NAN]))

    assert found.by_year.T.tolist() == [[0.0, 1.0], [pytest.approx(0.05), pytest.approx(0.1)], [1.0, 1.0]]


@given(
    st.lists(st.tuples(st.integers(0, 1), st.none() | st.floats(0, 1500), st.just(NAN) | st.floats(0, 12)), min_size=1, max_size=5),
    st.floats(0.1, 12),
)
def test_less_is_recovered_the_later_it_is(rows, remaining):
    found = left(*rows, remaining=remaining)
    lived = found.by_year[: int(np.ceil(remaining)), 0]

    assert (np.diff([found.today[0], *lived]) >= -1e-12).all()
    assert (found.by_year >= 0).all()
    assert (found.by_year <= 1).all()
