"""The book is scored in parts, and the parts are what the whole is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from commands.scoring import scoring
from risk_engine.policy.policy import Policy
from risk_engine.scoring.scoring import Scores
from storage.database import Database, Tx
from storage.scoring.fingerprints import fingerprints
from storage.scoring.score_facts import links, owned
from storage.scoring.score_facts.owned import Book
from storage.sight import EVERYTHING
from tests.commands.whole_book import fill
from tests.conftest import MONDAY

TODAY = MONDAY.date()


@pytest.fixture
def stock():
    return fill


def whole(tx: Tx, policy: Policy) -> Scores:
    return scoring.compute(policy, scoring.look(tx, policy, as_of=TODAY))


def marks(scores: Scores) -> dict[str, int]:
    return dict(zip(scores.customers.tolist(), fingerprints(scores).tolist(), strict=True))


def in_parts(tx: Tx, policy: Policy, book: Book) -> Iterator[tuple[str, int]]:
    for part in book.parts():
        yield from marks(scoring.compute(policy, scoring.look(tx, policy, as_of=TODAY, book=part), part)).items()


@pytest.mark.parametrize("size", [pytest.param(1, marks=pytest.mark.long), 7, 64])
def test_parts_of_the_book_have_the_scores_of_the_whole_to_the_bit(database: Database, policy: Policy, monkeypatch, size: int):
    monkeypatch.setattr(owned, "PART", size)
    with database.begin(EVERYTHING) as tx:
        expected, book = whole(tx, policy), scoring.everybody(tx)
        some = Book.of(book.ids.tolist()[: 3 * size])
        # somebody needs the facts of a customer in another part
        linked = any(len(links.closed(tx, part, TODAY)) > len(part) for part in book.parts())
        found, of_some = dict(in_parts(tx, policy, book)), dict(in_parts(tx, policy, some))

    assert (expected.grades > 1).any()
    assert linked or size > 1
    assert found == marks(expected)
    assert of_some == {id: mark for id, mark in marks(expected).items() if id in set(some.ids.tolist())}
