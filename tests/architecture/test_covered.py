"""Every table is decided on: the trail answers for it, or it stands in a short list with the reason why nothing rests on it."""

from __future__ import annotations

from collections import Counter

import pytest

from storage.row_digests.covered import FOLLOWS, GROUPS, LEFT_OUT, ROWS, THE_TRAIL, Groups
from storage.schema import Table

TABLES = Table.metadata.tables
DECIDED = Counter([*ROWS, *GROUPS, *FOLLOWS, *THE_TRAIL, *LEFT_OUT])


def test_every_table_is_decided_on_once():
    assert set(TABLES) - set(DECIDED) == set(), "say in storage/row_digests/covered.py how the trail answers for these tables"
    assert set(DECIDED) - set(TABLES) == set()
    assert [name for name, count in DECIDED.items() if count > 1] == []


def test_what_is_left_out_is_left_out_for_a_reason():
    assert all(len(reason) > 10 for reason in [*LEFT_OUT.values(), *FOLLOWS.values()])


@pytest.mark.parametrize("of", GROUPS.values(), ids=lambda of: of.name)
def test_versions_follow_each_other_by_the_key_that_one_of_them_is_current_of(of: Groups):
    current = [index for index in TABLES[of.name].indexes if index.name and index.name.endswith("_current")]

    assert [tuple(column.name for column in index.columns) for index in current] == ([of.succession] if of.succession else [])
