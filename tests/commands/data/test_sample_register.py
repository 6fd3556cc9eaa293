"""The sample's register: entered as people would have done it, once, and nobody is told of what is over."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from commands.data import sample_register
from commands.data.after_load import follow_up
from commands.data.importing import run_import
from commands.home.status import StatusArgs, status
from playground.workspace.seed import members
from risk_engine.approvals.proposal import ProposalState
from risk_engine.classification.judgement_kinds import JudgementKind
from risk_engine.grading import Grade
from risk_engine.indicators.breach import BreachState
from risk_engine.references import RiskId
from risk_engine.register.assessment import Category, RiskKind
from storage import events
from storage.approvals import approvals
from storage.classification import judgements
from storage.data.sample_book import sample_file, write_sample_book
from storage.data.sample_book.register import people, register
from storage.database import Database
from storage.indicators import breaches
from storage.migrations import migrate
from storage.register import responses, risks
from storage.schema import NoticeRow
from storage.scoring import overrides
from storage.sight import EVERYTHING

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def loaded(policy, tmp_path_factory):
    """A file with the sample's customers and readings as they were known eight days ago; no notices."""
    folder, then = tmp_path_factory.mktemp("sample"), NOW - timedelta(days=8)
    database = Database(f"sqlite:///{folder / 'loaded.db'}")
    migrate.upgrade(database)
    write_sample_book(folder, seed=7, today=NOW.date(), known=then.date())
    for kind in ("customers", "facilities", "observations"):
        file = sample_file(folder, kind)
        run_import(database, kind, file, at=then, progress=False, after_load=follow_up(policy, file=file.name, by="demo", tell=False))
    database.close()
    return folder / "loaded.db"


@pytest.fixture
def book(loaded, tmp_path):
    """A copy of it for one test."""
    database = Database(f"sqlite:///{shutil.copy(loaded, tmp_path)}")
    yield database
    database.close()


def enter(database, policy, until=NOW):
    with database.begin(EVERYTHING, write=True) as tx:
        return sample_register.enter(tx, policy, now=NOW, until=until)


def notices(tx):
    return sorted(tx.connection.execute(sa.select(NoticeRow.name).where(NoticeRow.decision == "delivered")).scalars())


def test_the_people_of_the_register_sit_in_the_playground():
    here = {member.id for member in members().values() if member.here and not member.guest}

    assert people() <= here


def test_nobody_decides_what_they_proposed():
    entries, _taken = register()

    assert all(one.decided.by != entry.by for entry in entries for one in entry.responses if one.decided)


def test_it_holds_threats_and_opportunities_of_every_category_and_answers_in_every_state(book, policy):
    enter(book, policy)

    with book.begin(EVERYTHING) as tx:
        entries = [risks.get(tx, RiskId(number)) for number in range(1, 26)]
        treated = responses.of_risks(tx, [entry.id for entry in entries])
        waiting, _first = approvals.waiting(tx, limit=1)
        late, _late = responses.overdue(tx, as_of=NOW.date(), limit=1)
    assert {entry.category for entry in entries} == set(Category)
    assert {entry.kind for entry in entries} == set(RiskKind)
    assert {one.state for one in treated} >= {
        ProposalState.PROPOSED,
        ProposalState.APPROVED,
        ProposalState.REJECTED,
        ProposalState.RETURNED,
    }
    assert waiting == 5
    assert late >= 4
    soon = [one for one in treated if one.state is ProposalState.APPROVED and NOW.date() <= one.due <= NOW.date() + timedelta(days=7)]
    assert len(soon) >= 3


def test_nobody_is_told_of_history_and_what_waits_is_asked(book, policy):
    enter(book, policy)

    with book.begin(EVERYTHING) as tx:
        assert notices(tx) == ["approval.request"] * 5


def test_most_breaches_are_acknowledged_and_some_wait(book, policy):
    enter(book, policy)

    with book.begin(EVERYTHING) as tx:
        taken, _found = breaches.not_closed(tx, state=BreachState.ACKNOWLEDGED, limit=1)
        waiting, _found = breaches.not_closed(tx, state=BreachState.OPEN, limit=1)
    assert taken > waiting > 3


def test_a_second_time_nothing_is_entered(book, policy):
    first = enter(book, policy)
    with book.begin(EVERYTHING) as tx:
        kinds = events.kinds(tx)

    second = enter(book, policy)

    assert (first > 60, second) == (True, 0)
    with book.begin(EVERYTHING) as tx:
        assert events.kinds(tx) == kinds


def test_entered_in_parts_it_comes_to_the_same(book, policy):
    counts = [enter(book, policy, NOW - timedelta(days=days)) for days in (50, 8, 1)]

    assert all(counts)
    assert enter(book, policy) == 0


def test_of_borrowers_that_are_not_in_the_book_nothing_is_entered(sqlite, policy):
    assert enter(sqlite, policy) == 0


def test_status_says_that_the_book_is_the_sample(book, sqlite, asks):
    with book.begin(EVERYTHING) as tx, sqlite.begin(EVERYTHING) as empty:
        said, nothing = (json.dumps(status(StatusArgs(), asks("U0ANA"), each).blocks) for each in (tx, empty))

    assert "all of its borrowers are invented" in said
    assert "invented" not in nothing


def test_people_have_judged_a_default_and_overridden_the_grade_of_another(book, policy):
    enter(book, policy)

    with book.begin(EVERYTHING) as tx:
        (judged,) = judgements.in_force(tx, "WS-02", on=NOW.date())
        better = overrides.in_force(tx, "KP-02", on=NOW.date())
    assert (judged.kind, judged.since) == (JudgementKind.UNLIKELY_TO_PAY, NOW.date() - timedelta(days=33))
    assert (better.model, better.grade) == (Grade.CRITICAL, Grade.HIGH)
