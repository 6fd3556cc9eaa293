"""Totals kept by scorings and imports: those of a whole count after each change, and not used where something else has written."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from itertools import count

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.scoring.scoring import score as run_scoring
from commands.data.importing import ImportRefused
from risk_engine.people.roles import Reach
from storage.customers import book_totals
from storage.database import Database
from storage.schema import ScoreTotalRow, ScoreTotalStateRow
from storage.scoring import ranking
from storage.scoring.ranking import By
from storage.sight import EVERYTHING, Sight
from tests.commands.conftest import Book
from tests.commands.customers.test_top import score
from tests.commands.scoring.test_scoring import At
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
        kept = [book_totals.of(tx, by.value, {}) for by in By]
    answers = asked(database)
    with database.begin(EVERYTHING, write=True) as tx:
        tx.connection.execute(sa.delete(ScoreTotalStateRow))

    assert [total is not None for total in kept] == [by not in (By.EXPOSURE, By.CHANGE, By.OVERDUE) for by in By]
    assert asked(database) == answers


moments = count(1)
who = st.integers(0, 9).map("T{}".format)
CHANGES = st.one_of(
    st.tuples(
        st.just("customers"), who, st.sampled_from(["Energy", "Steel", ""]), st.sampled_from(["DE", ""]), st.sampled_from(["North", ""])
    ),
    st.tuples(st.just("ratings"), who, st.sampled_from(["A", "BB", "D"])),
    st.tuples(st.just("facilities"), who, st.sampled_from(["0.01", "70000.35"]), st.sampled_from(["0", "45", "100"])),
)
FILES = {
    "customers": ("id,name,sector,country,department", lambda id, *rest: [id, id, *rest]),
    "ratings": ("customer,rating,as_of,agency", lambda id, letter: [id, letter, "2026-09-30", "internal"]),
    "facilities": (
        "id,customer,kind,currency,limit,outstanding,lgd,days_past_due",
        lambda id, owed, late: [f"F-{id}", id, "term_loan", "EUR", "3000000", owed, "0.5", late],
    ),
}


def load(book: Book, kind: str, *cells: str) -> None:
    headers, row = FILES[kind]
    # facts about somebody who is not in the book yet are refused
    with suppress(ImportRefused):
        book.load(kind, f"{headers}\n{','.join(row(*cells))}\n", at=MONDAY + timedelta(seconds=next(moments)))


def kept_and_counted(database: Database) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """The kept totals and those of a whole count, as stored."""
    with database.begin(EVERYTHING, write=True) as tx:
        query = sa.select(*(column for column in ScoreTotalRow.__table__.columns if column.name != "id"))
        kept = tx.connection.execute(query).all()
        tx.connection.execute(sa.delete(ScoreTotalStateRow))
        whole = book_totals.count(tx)
        assert whole is not None
        book_totals.keep(tx, whole)
        return sorted(map(repr, kept)), sorted(map(repr, tx.connection.execute(query).all()))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=6)
@given(steps=st.lists(st.lists(CHANGES, min_size=1, max_size=3), min_size=1, max_size=2))
def test_totals_moved_by_each_change_are_those_of_a_whole_count(book: Book, steps):
    for changes in steps:
        for change in changes:
            load(book, *change)
        before = kept_and_counted(book.database)
        run_scoring(book.database, book.policy, At(MONDAY + timedelta(seconds=next(moments))), by="test")
        after = kept_and_counted(book.database)
        assert before[0] == before[1]
        assert after[0] == after[1]


def test_a_customer_in_another_department_counts_there_at_once(database: Database, book: Book):
    book.load("customers", "id,name,department\nACME,Acme Steel,Retail\n", at=MONDAY + timedelta(days=1))
    with database.begin(EVERYTHING) as tx:
        totals, _lines = ranking.top(tx, By.EXPECTED_LOSS, {"department": "retail"}, limit=4, at=None, then=MONDAY - WEEK)

        assert book_totals.of(tx, "expected_loss", {"department": "retail"}) == totals
        assert totals.customers == 1
        assert book_totals.count(tx) is None


def test_totals_that_something_else_has_overtaken_are_not_used(database: Database, book: Book):
    with database.begin(EVERYTHING, write=True) as tx:
        tx.connection.execute(sa.update(ScoreTotalStateRow).values(score=ScoreTotalStateRow.score - 1))
    load(book, "customers", "T1", "Energy", "DE", "North")
    with database.begin(EVERYTHING) as tx:
        assert book_totals.of(tx, "expected_loss", {}) is None
        assert book_totals.customers(tx, {}) is None
        assert ranking.top(tx, By.EXPECTED_LOSS, {}, limit=4, at=None, then=MONDAY - WEEK)[0].customers == 5
    run_scoring(database, book.policy, At(MONDAY + timedelta(hours=1)), by="test")
    with database.begin(EVERYTHING) as tx:
        assert book_totals.customers(tx, {}) == 6


@pytest.mark.parametrize("filters", [{}, {"sector": "energy"}, {"sector": "none"}])
def test_a_change_since_before_the_first_scoring_is_answered_without_counting(database: Database, filters: dict[str, str]):
    def changes() -> object:
        return ranking.top(tx, By.CHANGE, filters, limit=4, at=None, then=MONDAY - WEEK)

    with database.begin(EVERYTHING, write=True) as tx:
        kept = changes()
        tx.connection.execute(sa.delete(ScoreTotalStateRow))
        assert changes() == kept


def test_totals_of_everybody_are_not_shown_to_those_who_see_a_part(database: Database):
    north = Sight(Reach.DEPARTMENT, frozenset({"corporate"}))
    with database.begin(north) as tx:
        assert book_totals.of(tx, "expected_loss", {}) is None
        totals, lines = ranking.top(tx, By.EXPECTED_LOSS, {}, limit=4, at=None, then=MONDAY - WEEK)

    assert totals.customers == len({line.customer for line in lines}) + totals.unranked < 5


def test_another_page_as_of_the_first_is_answered_like_the_first(database: Database):
    assert asked(database, at=MONDAY + timedelta(days=30)) == asked(database)
