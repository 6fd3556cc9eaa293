"""Nothing is done on the word of a row that the trail contradicts: a forged request is not decided, a forged role gives no right."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from commands.kit.access.authority import authority_of
from commands.kit.contract import Refused
from risk_engine.people.roles import Role
from risk_engine.references import ApprovalId
from storage import events
from storage.audit.reconciliation import said, trusting
from storage.database import Database
from storage.sight import EVERYTHING
from tests.commands.conftest import Book, buttons_of
from tests.commands.kit.test_authority import holds
from tests.conftest import MONDAY
from tests.raw_events import RawEvent

LOG = 'log ACME credit L4 S5 X2 "lost its main buyer"'
RESPOND = 'respond R-1 reduce "assign the receivables to us" due=2027-03-31'


def forge(database: Database, *statements: str) -> None:
    with database.begin(EVERYTHING, write=True) as tx:
        for statement in statements:
            tx.connection.execute(sa.text(statement))


@pytest.fixture
def asked(book: Book) -> str:
    """The key of an approval that ana asked for."""
    book.ask(LOG)
    book.ask(RESPOND)
    ((_delivery, message),) = book.told()
    return buttons_of(message.blocks)["approval.approve"]


@pytest.mark.parametrize(
    "forged",
    [
        "UPDATE approval SET maker = 'U0EVE' WHERE id = 1",
        "UPDATE approval SET amount = 1 WHERE id = 1",
        "UPDATE approval SET expires_at = '2036-01-01T00:00:00.000000Z' WHERE id = 1",
        "UPDATE approval SET stages = replace(stages, 'approver', 'viewer') WHERE id = 1",
        "INSERT INTO vote (approval_id, number, step, maker, person, authority, choice, at) "
        "VALUES (1, 1, 0, 'U0ANA', 'U0EVE', 'U0EVE', 'approve', '2026-11-23T09:00:00.000000Z')",
    ],
)
def test_a_forged_request_cannot_be_decided(book: Book, asked: str, forged: str):
    forge(book.database, forged)

    with pytest.raises(Refused, match="A-1 does not match the audit trail, so nothing was done"):
        book.press("approval.approve", key=asked)


def test_a_request_that_is_as_it_was_asked_can_be_decided(book: Book, asked: str):
    assert "approved" in book.press("approval.approve", key=asked).text
    with book.database.begin(EVERYTHING) as tx:
        assert trusting.approval(tx, ApprovalId(1))


@pytest.mark.parametrize(
    "forged",
    [
        "UPDATE member SET roles = '[\"approver\"]' WHERE id = 'U0EVE'",
        "INSERT INTO member VALUES ('U0NEW', '[\"approver\"]', '[]', TRUE, 'U0BOSS', '2026-11-23T09:00:00.000000Z', 1)",
    ],
)
def test_a_forged_role_gives_no_right(book: Book, forged: str):
    with book.database.begin(EVERYTHING, write=True) as tx:
        holds(tx, "U0EVE", Role.VIEWER)
        holds(tx, "U0OMAR", Role.APPROVER)
    forge(book.database, forged)
    with book.database.begin(EVERYTHING) as tx:
        found = {person: authority_of(tx, person, book.policy).roles for person in ("U0EVE", "U0NEW", "U0OMAR")}

    assert Role.APPROVER not in found["U0EVE"] | found["U0NEW"]
    assert found["U0OMAR"] == {Role.APPROVER}


def test_an_event_that_says_nothing_of_a_role_does_not_excuse_it(book: Book):
    forge(book.database, "INSERT INTO member VALUES ('U0NEW', '[\"approver\"]', '[]', TRUE, 'U0BOSS', '2026-11-23T09:00:00.000000Z', 1)")
    with book.database.begin(EVERYTHING, write=True) as tx:
        events.record(tx, RawEvent("role.given", "U0NEW", "U0BOSS", MONDAY, {}))
    with book.database.begin(EVERYTHING) as tx:
        assert not trusting.member(tx, "U0NEW")
        assert Role.APPROVER not in authority_of(tx, "U0NEW", book.policy).roles


def test_only_entries_about_the_row_are_read(book: Book):
    with book.database.begin(EVERYTHING, write=True) as tx:
        holds(tx, "U0OMAR", Role.APPROVER)
    for n in range(3):
        with book.database.begin(EVERYTHING, write=True) as tx:
            holds(tx, f"U0OTHER{n}", Role.VIEWER)
    with book.database.begin(EVERYTHING) as tx:
        read = said.about(tx, {"member": {"U0OMAR"}})
        assert trusting.member(tx, "U0OMAR")

    assert [list(payload["states"]["rows"]["member"]) for _id, payload in read] == [["U0OMAR"]]


def test_a_role_that_is_given_between_two_looks_of_a_writer_is_no_forgery(database: Database):
    with database.begin(EVERYTHING, write=True) as tx:
        holds(tx, "U0OMAR", Role.VIEWER)
    meanwhile = iter([Role.APPROVER])

    def given(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "FROM member" in statement and (role := next(meanwhile, None)):
            with another.begin(EVERYTHING, write=True) as tx:
                holds(tx, "U0OMAR", role)
                events.record(tx, RawEvent("role.given", "U0OMAR", "U0BOSS", MONDAY, {}))

    another = Database(database.address)
    with database.begin(EVERYTHING, write=database.dialect == "postgresql") as tx:
        sa.event.listen(database.engine, "before_cursor_execute", given)
        assert trusting.member(tx, "U0OMAR")
    another.close()
    assert next(meanwhile, None) is None
