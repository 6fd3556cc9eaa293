"""What an approval is about: kind and number in columns, and in sealed events the one word that it always was."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from alembic import command

from risk_engine.approvals import approval
from risk_engine.approvals.approval_kinds import ApprovalKind
from risk_engine.approvals.ballot import Choice, Stage, Voter
from risk_engine.people.people_policy import People
from risk_engine.people.roles import Role
from risk_engine.references import OverrideId, PolicyChangeId, Reference, ResponseId, of_kind, spelled_out
from storage import events
from storage.approvals import approvals
from storage.audit.reconciliation import reconciling, trusting
from storage.database import WRITE, Database, Tx
from storage.migrations import migrate
from storage.row_digests.stating import STATES
from storage.schema import EventRow
from storage.sight import EVERYTHING
from tests.conftest import MONDAY

SUBJECTS: list[Reference] = [ResponseId(1), OverrideId(1), ResponseId(20), PolicyChangeId(3)]
# the cells that an event has stated of a request since events state rows: a sealed trail is never written anew
SEALED = {
    "id", "key", "subject", "customer_id", "title", "maker", "requested_at", "kind", "expires_at", "stages", "amount", "picture",
    "step", "reminded", "verdict", "decided_by", "decided_at", "reason", "version",
}  # fmt: skip


def ask(tx: Tx, subject: Reference) -> approval.Approval:
    id = approvals.next_id(tx)
    about = {"subject": subject, "kind": ApprovalKind.RESPONSE, "stages": (Stage(),), "title": "sell the plant", "days": 14}
    asked, happened = approval.request(id, key=f"key {int(id)}", by="U0ANA", at=MONDAY, **about)
    approvals.add(tx, asked)
    events.record(tx, happened)
    return asked


@pytest.fixture
def asked(database: Database) -> Database:
    """Four requests; the second is decided."""
    with database.begin(EVERYTHING, write=True) as tx:
        second = [ask(tx, subject) for subject in SUBJECTS][1]
        voter = Voter.own("U0OMAR", frozenset({Role.APPROVER}))
        decided, happened = approval.decide(second, Choice.APPROVE, by=voter, at=MONDAY + timedelta(hours=1), people=People())
        approvals.save(tx, second, decided)
        events.record(tx, happened)
    return database


def migrated_to(database: Database, revision: str) -> None:
    """Take the tables back to an earlier layout; the trail stays as it is."""
    with database.engine.connect().execution_options(**{WRITE: True}) as connection:
        if database.dialect == "sqlite":
            migrate._without_transaction(connection, "PRAGMA foreign_keys=OFF")
        with connection.begin():
            command.downgrade(migrate._config(connection), revision)
        connection.invalidate()


def subjects(database: Database) -> list[Reference]:
    with database.begin(EVERYTHING) as tx:
        return [one.subject for one in approvals.by_ids(tx, [one.id for one in approvals.waiting(tx, limit=9)[1]])]


def differences(database: Database) -> list[tuple[str, str | None, object, object]]:
    with database.begin(EVERYTHING) as tx:
        return [(each.key, each.column, each.row, each.trail) for each in reconciling.reconcile(tx).first]


def test_a_subject_is_read_back_as_the_id_of_its_kind(asked: Database):
    with asked.begin(EVERYTHING) as tx:
        found = [approvals.of_subject(tx, subject) for subject in SUBJECTS]

    assert [one.id for one in found] == [1, 2, 3, 4]
    assert [(type(one.subject), one.subject) for one in found] == [(type(subject), subject) for subject in SUBJECTS]


def test_events_state_a_request_in_the_form_that_sealed_trails_have(asked: Database):
    with asked.begin(EVERYTHING) as tx:
        query = sa.select(EventRow.payload).where(EventRow.kind == "approval.requested").order_by(EventRow.id)
        payloads = list(tx.connection.execute(query).scalars())

    stated = [payload[STATES]["rows"]["approval"][str(number)] for number, payload in enumerate(payloads, 1)]
    assert [(set(row), row["subject"]) for row in stated] == [(SEALED, str(subject)) for subject in SUBJECTS]
    assert [payload["subject"] for payload in payloads] == ["T-1", "O-1", "T-20", "P-3"]


def test_a_book_of_the_earlier_layout_keeps_its_requests_and_matches_its_trail(asked: Database):
    migrated_to(asked, "0017")
    with asked.begin(EVERYTHING) as tx:
        before = list(tx.connection.execute(sa.text("SELECT subject FROM approval ORDER BY id")).scalars())
    migrate.upgrade(asked)

    assert before == ["T-1", "O-1", "T-20", "P-3"]
    assert subjects(asked) == [ResponseId(1), ResponseId(20), PolicyChangeId(3)]
    assert differences(asked) == []
    with asked.begin(EVERYTHING) as tx:
        assert all(trusting.approval(tx, one.id) for one in approvals.by_ids(tx, [1, 2, 3, 4]))


@pytest.mark.parametrize(("forged", "found"), [("T-2", "T-2"), ("O-1", "O-1"), ("T-01", "?-0"), ("T-1 ", "?-0"), ("nothing", "?-0")])
def test_the_migration_of_a_forged_subject_hides_no_forgery(asked: Database, forged: str, found: str):
    migrated_to(asked, "0017")
    with asked.begin(EVERYTHING, write=True) as tx:
        tx.connection.execute(sa.text("UPDATE approval SET subject = :forged WHERE id = 1"), {"forged": forged})
    migrate.upgrade(asked)

    assert differences(asked) == [("1", "subject", found, "T-1")]


@pytest.mark.parametrize("change", ["subject_kind = 'O'", "subject_id = 2"])
def test_a_request_that_is_turned_to_another_thing_is_found_out_and_trusted_no_more(asked: Database, change: str):
    with asked.begin(EVERYTHING, write=True) as tx:
        tx.connection.execute(sa.text(f"UPDATE approval SET {change} WHERE id = 1"))

    assert [each[:2] for each in differences(asked)] == [("1", "subject")]
    with asked.begin(EVERYTHING) as tx:
        assert not trusting.approval(tx, approvals.by_ids(tx, [1])[0].id)


@pytest.mark.parametrize(
    "text", ["T-0", "T-01", "T-+1", "T-1\n", "t-1", "T1", "T-", "X-1", "-1", "", "T-2147483648", "T-٣", "ACME", "import 3"]
)
def test_a_text_that_no_event_would_spell_names_nothing_of_ours(text: str):
    assert spelled_out(text) is None


@pytest.mark.parametrize("subject", [*SUBJECTS, ResponseId(2147483647)], ids=str)
def test_a_spelling_leads_back_to_kind_and_number(subject: Reference):
    again = spelled_out(str(subject))

    assert (type(again), again) == (type(subject), subject)
    assert type(of_kind(subject.letter, int(subject))) is type(subject)
