"""A column that came later leaves the digests of the rows without it as they were sealed."""

from __future__ import annotations

from storage.row_digests.covered import GROUPS
from storage.row_digests.stating import Group


def digest(*rows, added: int = 0) -> str:
    group = Group(1, 1, added)
    group.take(rows)
    return str(group.said()["digest"])


def test_an_empty_added_cell_is_not_stated_and_a_filled_one_is():
    sealed = digest((1, 7, "C1", "2026-12-31"))

    assert digest((1, 7, "C1", "2026-12-31", None), added=1) == sealed
    assert digest((1, 7, "C1", "2026-12-31", 6), added=1) != sealed
    assert digest((1, 7, "C1", None), added=0) != digest((1, 7, "C1"), added=0)


def test_the_months_of_a_projection_are_the_last_column_under_the_digest():
    assert [column.name for column in GROUPS["projection_version"].columns][-1] == "months"
