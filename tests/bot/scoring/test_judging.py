"""Judging of the whole book: in short transactions, and one notice at the end."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.scoring import judging
from commands.indicators import Tell, evaluate
from risk_engine.policy.policy import Policy
from storage.database import Database
from storage.schema import DeliveryRow, NoticeRow
from storage.scoring.score_facts import asked
from storage.sight import EVERYTHING
from tests.commands.conftest import Book, lend
from tests.commands.scoring.test_scoring import At
from tests.conftest import MONDAY
from tests.databases import Fill

WHO = [f"K{number}" for number in range(7)]


@pytest.fixture
def stock() -> Fill:
    return lend


@pytest.fixture
def book(database: Database, policy: Policy, tmp_path: Path) -> Book:
    """Seven more customers out of bounds, of whom nothing has been told."""
    book = Book(database, policy, tmp_path)
    unwatched = policy.model_copy(update={"kri": ()})
    book.load("customers", "id,name\n" + "".join(f"{id},{id}\n" for id in WHO), policy=unwatched)
    book.observe(*(f"{id},dscr,2026-10-31,0.8" for id in WHO), policy=unwatched)
    return book


def sent(book: Book) -> list[tuple[str, int]]:
    """Return each message's notice, and of how many breaches it tells."""
    with book.database.begin(EVERYTHING) as tx:
        query = sa.select(NoticeRow.name, NoticeRow.facts).join(DeliveryRow, DeliveryRow.notice_id == NoticeRow.id).order_by(NoticeRow.id)
        return [(name, sum(map(len, facts.get("subjects", {}).values()))) for name, facts in tx.connection.execute(query)]


def judge(book: Book, minutes: int = 1) -> int:
    return judging.judge(book.database, book.policy, At(MONDAY + timedelta(minutes=minutes)), {"dscr"})


def test_changes_in_many_transactions_are_told_in_one_message(book: Book, monkeypatch):
    monkeypatch.setattr(judging, "AT_ONCE", 2)

    assert judge(book) == 7
    assert sent(book) == [("breach.many", 7)]
    assert judge(book, minutes=2) == 0
    assert len(sent(book)) == 1


def test_what_a_judging_that_broke_off_has_not_told_the_next_one_tells(book: Book):
    with book.database.begin(EVERYTHING, write=True) as tx:
        evaluate(tx, book.policy, WHO[:4], {"dscr"}, at=MONDAY, tell=Tell.LATER)
    assert not sent(book)

    assert judge(book) == 3
    assert sent(book) == [("breach.many", 7)]


def test_many_customers_are_read_as_a_stretch_of_ids(book: Book, monkeypatch):
    monkeypatch.setattr(asked, "NAMED", 1)

    assert judge(book) == 7


def test_what_was_entered_as_history_is_never_told(book: Book):
    with book.database.begin(EVERYTHING, write=True) as tx:
        evaluate(tx, book.policy, WHO, {"dscr"}, at=MONDAY, tell=Tell.NEVER)

    assert judge(book) == 0
    assert not sent(book)
