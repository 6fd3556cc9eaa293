"""Scores follow the facts by themselves: once a change, once a night, in a process of their own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.policy_in_force import PolicyBook
from bot.scoring import rescoring
from bot.scoring.rescoring import FOLLOWING, NIGHTLY, Rescorer
from playground.person import PATIENCE
from risk_engine.policy.policy import Policy
from storage.database import Database
from storage.delivery import jobs
from storage.scoring import scores
from storage.sight import EVERYTHING
from tests.commands.conftest import Book, lend
from tests.conftest import MONDAY, eventually
from tests.databases import Fill

LATER = timedelta(seconds=30)


class At(Clock):
    """A clock that stands still until it is set."""

    def __init__(self, at: datetime = MONDAY + LATER) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def stock(request: pytest.FixtureRequest, stock: Fill) -> Fill:
    return lend if "book" in request.fixturenames else stock


@pytest.fixture
def book(database: Database, policy: Policy, tmp_path: Path) -> Book:
    return Book(database, policy, tmp_path)


def settled(rescorer: Rescorer) -> None:
    """Wait until what was started has ended, and take note of it."""
    child = rescorer._child
    assert child is not None
    child.join(PATIENCE)
    rescorer.tick()


def slots(database: Database, job: str) -> str | None:
    with database.begin(EVERYTHING) as tx:
        return jobs.newest_slot(tx, job)


def how_many(database: Database) -> int:
    with database.begin(EVERYTHING) as tx:
        return scores.count(tx)


def rescorer_of(book: Book, clock: At) -> Rescorer:
    return Rescorer(book.database, PolicyBook(book.database, book.policy), clock)


def asleep(book: Book, clock: At) -> Rescorer:
    """One whose night is over, so that only changes are left."""
    with book.database.begin(EVERYTHING, write=True) as tx:
        jobs.claim(tx, NIGHTLY, clock.at.date().isoformat(), owner="x", now=clock.at, lease=LATER)
        jobs.finish(tx, NIGHTLY, clock.at.date().isoformat(), owner="x", state=jobs.DONE, at=clock.at)
    return rescorer_of(book, clock)


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)], indirect=True)
def test_an_import_is_followed_by_a_scoring_in_a_process_of_its_own(book: Book):
    # that process has the real clock, and the breaches that it opens have been quiet for long enough by ours
    clock = At(datetime.now(UTC) + timedelta(minutes=20))
    rescorer = rescorer_of(book, clock)
    # shortly after midnight the night's scoring is not due yet
    expected = dict(rescorer._due())

    rescorer.tick()
    while rescorer._child is not None:
        settled(rescorer)

    assert how_many(book.database) == 5
    assert slots(book.database, NIGHTLY) == expected.get(NIGHTLY)
    assert slots(book.database, FOLLOWING) >= expected[FOLLOWING]
    rescorer.tick()
    assert rescorer._child is None


@pytest.mark.parametrize(
    ("job", "slot", "whole"), [(NIGHTLY, "2026-11-29", True), (NIGHTLY, "2026-11-30", False), (FOLLOWING, "000000000007", False)]
)
def test_in_the_night_of_each_sunday_everybody_is_scored(job, slot, whole):
    assert rescoring._everybody_is_due(job, slot) is whole


def test_of_two_replicas_one_scores(book: Book):
    clock = At()
    first, second = rescorer_of(book, clock), rescorer_of(book, clock)

    due = first._due()
    claims = [[each._claim(*slot) for slot in due] for each in (first, second)]

    assert claims == [[True, True], [False, False]]


def test_a_change_is_waited_out_and_scored_once(book: Book):
    clock = At(MONDAY + timedelta(seconds=2))
    rescorer = asleep(book, clock)

    fresh = rescorer._due()
    clock.at = MONDAY + timedelta(seconds=6)
    due = rescorer._due()
    claimed = rescorer._claim(*due[0])

    assert (fresh, [job for job, _slot in due], claimed) == ([], [FOLLOWING], True)
    assert rescorer._due() == []


def test_a_stream_of_changes_is_not_waited_out_for_ever(book: Book):
    clock = At(MONDAY)
    rescorer = asleep(book, clock)
    rescorer._due()
    clock.at = MONDAY + timedelta(seconds=50)
    book.load("customers", "id,name\nLATE,Late Ltd\n", at=clock.at)

    assert [job for job, _slot in rescorer._due()] == [FOLLOWING]


def test_a_book_without_facts_is_not_scored(database: Database, policy: Policy):
    assert Rescorer(database, PolicyBook(database, policy), At())._due() == []


def test_a_scoring_that_failed_is_tried_again_once_its_lease_has_lapsed(book: Book):
    clock = At()
    rescorer = asleep(book, clock)
    (slot,) = rescorer._due()
    rescorer._claim(*slot)
    clock.at += timedelta(minutes=16)

    assert rescorer._due() == [slot]


@pytest.mark.slow
def test_scores_follow_an_import_in_a_running_bot(bot, workspace, policy: Policy, tmp_path: Path):
    book = Book(bot.database, policy, tmp_path)
    book.load("customers", "id,name\nACME,Acme Steel\n", at=datetime.now(UTC))

    assert eventually(lambda: how_many(bot.database)) == 1
