"""Where a facility stands among its owner's own."""

from __future__ import annotations

import numpy as np

from storage.scoring.score_facts.agreed import Lines
from tests.risk_engine import books

# F0 and F1 of the first customer, none of the second, F2 of the third
LENT = books.facilities([(0, {}), (0, {}), (2, {})])


def found(*rows: tuple[int, str | None]) -> list[int]:
    owners, names = np.array([owner for owner, _name in rows]), np.array([name for _owner, name in rows], dtype=object)
    return Lines(LENT.owner, LENT.names).places(owners, names).tolist()


def test_each_is_counted_among_its_owners():
    assert found((0, "F0"), (0, "F1"), (2, "F2")) == [0, 1, 0]


def test_the_order_and_number_of_the_rows_are_those_that_were_asked_for():
    assert found((2, "F2"), (0, "F1"), (0, "F1")) == [0, 1, 1]


def test_none_that_is_unknown_and_somebody_elses_have_no_place():
    assert found((0, None), (0, "F3"), (2, "F1"), (1, "F1")) == [-1, -1, -1, -1]


def test_collateral_secures_the_facility_it_names_whoever_owes_it_and_an_unknown_one_not_at_all():
    givers, names = np.array([1, 0, 0, 1]), np.array(["F1", "F2", None, "F9"], dtype=object)
    owner, place, counts = Lines(LENT.owner, LENT.names).secured(givers, names)

    assert (owner[:3].tolist(), place[:3].tolist(), counts.tolist()) == ([0, 2, 0], [1, 0, -1], [True, True, True, False])


def test_nothing_asked_is_nothing_found_also_in_a_book_without_facilities():
    none = books.facilities([])
    nobody = Lines(none.owner, none.names).places(np.array([0]), np.array(["F1"], dtype=object))

    assert found() == []
    assert nobody.tolist() == [-1]
