"""What became of customers, on both databases, as it was known at a moment."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from commands.data.importing import run_import
from storage.sight import EVERYTHING
from storage.validation import outcomes
from tests.conftest import MONDAY

IDS = np.array(["ACME", "JIAN", "NOVA"], dtype=object)
LATER = MONDAY + timedelta(days=1)


@pytest.fixture
def known(database, tmp_path: Path):
    """Three customers; the second file of outcomes comes a day later."""
    files = [
        ("customers", "id,name,since\nNOVA,Nova,2024-03-01\nACME,Acme,\nJIAN,Jian,2020-01-31\n", MONDAY),
        ("outcomes", "customer,event,as_of\nNOVA,default,2025-03-01\nNOVA,cure,2026-01-31\nACME,stage3,2024-02-29\n", MONDAY),
        ("outcomes", "customer,event,as_of\nJIAN,bankruptcy,2026-09-30\nJIAN,cure,2026-10-31\n", LATER),
    ]
    for number, (kind, text, at) in enumerate(files):
        file = tmp_path / f"{number}.csv"
        file.write_text(text, "utf-8")
        run_import(database, kind, file, at=at)
    return database


def test_every_outcome_is_read_with_its_customers_place(known):
    with known.begin(EVERYTHING) as tx:
        found = outcomes.read(tx, IDS)

    rows = zip(found.owner.tolist(), found.bad.tolist(), found.as_of.astype(str).tolist(), strict=True)
    assert list(rows) == [
        (0, True, "2024-02-29"),
        (1, True, "2026-09-30"),
        (1, False, "2026-10-31"),
        (2, True, "2025-03-01"),
        (2, False, "2026-01-31"),
    ]


def test_strangers_are_left_out(known):
    with known.begin(EVERYTHING) as tx:
        found = outcomes.read(tx, IDS[1:])

    assert found.owner.tolist() == [0, 0, 1, 1]


def test_what_was_not_known_at_a_moment_is_not_read(known):
    with known.begin(EVERYTHING) as tx:
        assert len(outcomes.read(tx, IDS, at=MONDAY).owner) == 3
        assert outcomes.newest(tx, at=MONDAY) == date(2025, 3, 1)


def test_the_newest_outcome_is_no_cure(known):
    with known.begin(EVERYTHING) as tx:
        assert outcomes.newest(tx) == date(2026, 9, 30)


def test_without_outcomes_there_is_no_newest(database):
    with database.begin(EVERYTHING) as tx:
        assert outcomes.newest(tx) is None
        assert len(outcomes.read(tx, IDS).owner) == 0


def test_since_when_one_is_a_customer_is_missing_where_nobody_says_so(known):
    with known.begin(EVERYTHING) as tx:
        assert outcomes.since(tx, IDS).astype(str).tolist() == ["NaT", "2020-01-31", "2024-03-01"]
        assert outcomes.since(tx, IDS, at=MONDAY - timedelta(days=1)).astype(str).tolist() == ["NaT"] * 3
