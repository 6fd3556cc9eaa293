"""Prepared statements: one statement for everybody, and everybody sees their own customers only."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import StatementError

from risk_engine.people.roles import Reach
from storage.customers.customers import known
from storage.database import Database, Tx
from storage.queries.prepared import Prepared
from storage.schema import CustomerVersionRow
from storage.sight import EVERYTHING, NOTHING, Sight
from storage.visibility import visible
from tests.conftest import MONDAY
from tests.storage.reach import Who, enter

NORTH, SOUTH = (Sight(Reach.DEPARTMENT, frozenset({word})) for word in ("north", "South"))
ANA = Sight(Reach.OWN, names=frozenset({"ana"}))


def _named(tx: Tx, *, ids: Any, at: Any) -> Any:
    table = CustomerVersionRow
    return select(table.customer_id).where(table.customer_id.in_(ids), known(table, at), *visible(tx, table.customer_id))


@pytest.fixture
def book(database: Database) -> Database:
    with database.begin(EVERYTHING, write=True) as tx:
        enter(tx, [Who("A", "North", None), Who("B", "South", "Ana"), Who("C", "NORTH", "Ana")])
    return database


def ask(book: Database, question: Prepared, sight: Sight, **values: Any) -> list[str]:
    with book.begin(EVERYTHING) as tx:
        return sorted(question(replace(tx, sight=sight), **({"ids": ["A", "B", "C"], "at": None} | values)).scalars())


def test_everybody_sees_their_own_customers_whoever_asked_first(book: Database) -> None:
    question = Prepared(_named)
    wanted = [(NORTH, ["A", "C"]), (SOUTH, ["B"]), (ANA, ["B", "C"]), (EVERYTHING, ["A", "B", "C"]), (NOTHING, [])]
    for _again in range(2):
        for sight, expected in [*wanted, *reversed(wanted)]:
            assert ask(book, question, sight) == expected


def test_the_same_statement_answers_about_other_customers_and_another_moment(book: Database) -> None:
    question = Prepared(_named)
    assert ask(book, question, NORTH) == ["A", "C"]
    assert ask(book, question, NORTH, ids=["C"]) == ["C"]
    assert ask(book, question, NORTH, ids=[]) == []
    assert ask(book, question, NORTH, at=MONDAY) == ["A", "C"]
    assert ask(book, question, NORTH, at=MONDAY - timedelta(days=400)) == []


def test_a_customer_who_moves_is_seen_by_the_new_department_at_once(book: Database) -> None:
    question = Prepared(_named)
    assert ask(book, question, SOUTH) == ["B"]
    with book.begin(EVERYTHING, write=True) as tx:
        table = CustomerVersionRow.__table__
        now = table.c.customer_id == "A"
        import_id = tx.connection.execute(select(table.c.import_id).where(now)).scalar()
        tx.connection.execute(table.update().where(now).values(superseded_at=MONDAY))
        # what is kept of a book is read again when the highest number has changed
        moved = {"id": 2_000_000_000, "customer_id": "A", "name": "A", "name_key": "a", "department": " south "}
        tx.connection.execute(insert(CustomerVersionRow).values(**moved, import_id=import_id, file_row=1, known_at=MONDAY))
    assert ask(book, question, SOUTH) == ["A", "B"]
    assert ask(book, question, NORTH) == ["C"]


def test_a_statement_run_without_a_sight_fails_instead_of_showing_the_customers_of_whoever_it_was_built_for(book: Database) -> None:
    with book.begin(EVERYTHING) as tx:
        statement = _named(replace(tx, sight=NORTH, preparing=True), ids=["A"], at=None)
        with pytest.raises(StatementError, match="seen_department"):
            tx.connection.execute(statement).all()
