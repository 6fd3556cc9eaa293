"""Totals kept after a scoring: the same as those counted at each question, and not used for a book that has changed since."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from risk_engine.people.roles import Reach
from storage.database import Database
from storage.schema import ScoreTotalStateRow
from storage.scoring import ranking, score_totals
from storage.scoring.ranking import By
from storage.sight import EVERYTHING, Sight
from tests.commands.conftest import Book
from tests.commands.customers.test_top import score
from tests.conftest import MONDAY
from tests.databases import Fill

WEEK = timedelta(days=7)
FILTERS = [
    {},
    {"sector": "energy"},
    {"country": "de"},
    {"department": "CORPORATE"},
    {"sector": "Energy", "country": "DE"},
    {"sector": "none"},
]


@pytest.fixture
def stock() -> Fill:
    return score


def asked(database: Database, sight: Sight = EVERYTHING, **more: object) -> list[object]:
    """Every ranking of the book."""
    with database.begin(sight) as tx:
        return [ranking.top(tx, by, filters, limit=4, then=MONDAY - WEEK, **{"at": None} | more) for by in By for filters in FILTERS]


def test_the_kept_totals_are_those_that_would_be_counted(database: Database):
    with database.begin(EVERYTHING) as tx:
        kept = [score_totals.of(tx, by.value, {}) for by in By]
    answers = asked(database)
    with database.begin(EVERYTHING, write=True) as tx:
        tx.connection.execute(sa.delete(ScoreTotalStateRow))

    assert [total is not None for total in kept] == [by not in (By.EXPOSURE, By.CHANGE, By.OVERDUE) for by in By]
    assert asked(database) == answers


def test_a_book_that_has_changed_since_is_counted_anew(database: Database, book: Book):
    book.load("customers", "id,name,department\nACME,Acme Steel,Retail\n", at=MONDAY + timedelta(days=1))
    with database.begin(EVERYTHING) as tx:
        totals, _lines = ranking.top(tx, By.EXPECTED_LOSS, {"department": "retail"}, limit=4, at=None, then=MONDAY - WEEK)
        kept, fresh = score_totals.of(tx, "expected_loss", {}), score_totals.count(tx)

    assert (totals.customers, kept) == (1, None)
    assert fresh is not None


def test_totals_of_everybody_are_not_shown_to_those_who_see_a_part(database: Database):
    north = Sight(Reach.DEPARTMENT, frozenset({"corporate"}))
    with database.begin(north) as tx:
        assert score_totals.of(tx, "expected_loss", {}) is None
        totals, lines = ranking.top(tx, By.EXPECTED_LOSS, {}, limit=4, at=None, then=MONDAY - WEEK)

    assert totals.customers == len({line.customer for line in lines}) + totals.unranked < 5


def test_another_page_as_of_the_first_is_answered_like_the_first(database: Database):
    assert asked(database, at=MONDAY + timedelta(days=30)) == asked(database)
