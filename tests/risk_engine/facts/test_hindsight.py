"""Hindsight: what is of a later day than the one that is looked at must not be seen."""

from __future__ import annotations

import dataclasses

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.facts import hindsight
from risk_engine.facts.facts import Facts
from risk_engine.scoring.scoring import score
from storage.policy import policies
from tests.risk_engine import books

POLICY = policies.read(None)
ON, LATER = "2026-09-30", "2026-10-01"


def dated(table, *on):
    return dataclasses.replace(table, as_of=books.days(on))


def lent(*rows: tuple[int, str | None]):
    """Each as (owner, as of)."""
    return dated(books.facilities([(owner, {}) for owner, _day in rows]), *(day for _owner, day in rows))


def names(facts: Facts) -> list[str]:
    return facts.facilities.names.tolist()


def test_a_facility_of_the_day_is_seen_and_one_of_a_later_day_or_of_none_is_not():
    seen, removed = hindsight.without(books.book(1, facilities=lent((0, ON), (0, LATER), (0, None), (0, "2020-01-01"))))

    assert names(seen) == ["F0", "F3"]
    assert removed.facilities == 2


def test_what_belongs_to_a_facility_goes_and_stays_with_it():
    facts = books.book(
        2,
        facilities=lent((0, LATER), (0, ON), (1, ON), (1, LATER), (1, ON)),
        collateral=books.collateral(
            [(0, 1, "cash", "EUR", 1.0, None), (0, 0, "cash", "EUR", 2.0, None), (0, -1, "cash", "EUR", 3.0, None)]
        ),
        instalments=books.instalments([(1, 0, ON, 1.0, 0.0), (1, 1, ON, 2.0, 0.0), (1, 2, ON, 3.0, 0.0)]),
        payments=books.payments([(1, 2, ON, 5.0), (1, 1, ON, 6.0)]),
    )
    seen, _removed = hindsight.without(facts)

    assert names(seen) == ["F1", "F2", "F4"]
    assert (seen.collateral.facility.tolist(), seen.collateral.values.tolist()) == ([0, -1], [1.0, 3.0])
    assert (seen.instalments.facility.tolist(), seen.instalments.principal.tolist()) == ([0, 1], [1.0, 3.0])
    assert (seen.payments.facility.tolist(), seen.payments.amount.tolist()) == ([1], [5.0])


def test_breaches_and_threats_of_later_days_are_not_seen():
    breaches = dated(books.troubles([(0, 7, 2), (0, 8, 1)]), ON, LATER)
    threats = dated(books.troubles([(0, 5, 4)]), LATER)
    seen, removed = hindsight.without(books.book(1, breaches=breaches, threats=threats))

    assert (seen.breaches.numbers.tolist(), seen.threats.numbers.tolist()) == ([7], [])
    assert (removed.facilities, removed.troubles) == (0, 2)


def test_the_mark_of_the_watch_list_is_not_seen():
    facts = books.book(1, customers=books.customers(1, watch_list=np.array([1.0])))

    assert np.isnan(hindsight.without(facts)[0].customers.watch_list).all()


def test_a_book_without_facilities_stays_as_it_is():
    seen, removed = hindsight.without(books.book(3, collateral=books.collateral([(2, -1, "cash", "EUR", 1.0, None)])))

    assert (len(seen), len(seen.collateral.owner), removed) == (3, 1, hindsight.Removed(0, 0))


def test_rows_in_any_order_are_put_in_that_of_their_owners():
    seen, _removed = hindsight.without(books.book(2, facilities=lent((1, ON), (0, LATER), (0, ON))))

    assert (seen.facilities.owner.tolist(), names(seen)) == ([0, 1], ["F2", "F0"])


@given(st.lists(st.tuples(st.integers(0, 2), st.booleans()), max_size=8), st.data())
def test_what_is_left_is_scored_as_if_the_rest_had_never_been(rows, data):
    rows = sorted(rows, key=lambda row: row[0])
    own = {owner: [place for place, row in enumerate(rows) if row[0] == owner] for owner in range(3)}
    secured = [
        (owner, data.draw(st.integers(-1, len(places) - 1)), "cash", "EUR", 100.0, ON) for owner, places in own.items() for _one in range(2)
    ]
    facts = books.book(3, facilities=lent(*((owner, ON if seen else LATER) for owner, seen in rows)), collateral=books.collateral(secured))
    kept = [place for place, row in enumerate(rows) if row[1]]
    among = {owner: [place for place in places if place in kept] for owner, places in own.items()}
    left = [
        (owner, place if place < 0 else among[owner].index(own[owner][place]), *rest)
        for owner, place, *rest in secured
        if place < 0 or own[owner][place] in kept
    ]
    expected = books.book(3, facilities=lent(*((rows[place][0], ON) for place in kept)), collateral=books.collateral(left))

    got, want = score(POLICY, hindsight.without(facts)[0]), score(POLICY, expected)

    assert {name: column.tobytes() for name, column in got.figures.items()} == {name: c.tobytes() for name, c in want.figures.items()}
