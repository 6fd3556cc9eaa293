"""The register against the trail: an honest book matches, and whatever is changed behind the bot's back is named."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from commands.audit.verification import register_words
from commands.digest.subscribing import SubscribeArgs, subscribe
from risk_engine.audit.events import DetailRead
from risk_engine.audit.second_line import Sampled
from risk_engine.people.membership import change
from risk_engine.people.roles import Role
from risk_engine.references import ApprovalId
from storage import events
from storage.audit import erasing, reads, second_line_samples
from storage.audit.anchoring.known import Known, identity
from storage.audit.chain import Head
from storage.audit.reconciliation import reconciling, trusting
from storage.audit.reconciliation.differences import Difference, Reconciled
from storage.audit.second_line_samples import SecondLineSample
from storage.database import Database, Tx
from storage.people import people
from storage.policy import policies
from storage.row_digests import stating
from storage.row_digests.covered import FOLLOWS, GROUPS, ROWS, RegisterRecorded
from storage.rows import insert_row
from storage.schema import ApprovalRow, EventRow, ExportRow, MemberRow, Table, TrailRow
from storage.sight import EVERYTHING
from storage.types import Instant, Json, Money
from tests.commands.whole_book import Stage, fill
from tests.conftest import MONDAY
from tests.databases import Fill, upon
from tests.raw_events import RawEvent
from tests.storage.trail import PLAIN, unguarded

# score_driver has rows of early runs alone
TABLES = [Table.metadata.tables[name] for name in (*ROWS, *GROUPS, *FOLLOWS) if name != "score_driver"]


@upon(fill)
def lived(database: Database) -> None:
    """All that people and the clock can do to the sample book, through the product."""
    # pages read, and change no row
    stage = Stage(database, policies.read(None), masked=False, turns_pages=False)
    stage.ask_everything()
    stage.do_everything()
    with database.begin(EVERYTHING, write=True) as tx:
        subscribe(SubscribeArgs(), stage.request(), tx)
        for person in ("U0EVA", "U0BEN"):
            member, given = change(
                people.get(tx, person), roles=[Role.ANALYST], departments=["Credit"], other_administrators=["U0ADA"], same_person=False,
                by="U0ADA", at=MONDAY,
            )  # fmt: skip
            people.save(tx, member)
            events.record(tx, given)
        values = {"answer": "a" * 32, "person": "U0ANA", "command": "list", "customers": 900, "reason": "audit", "requested_at": MONDAY}
        insert_row(tx, ExportRow, {"id": 1, **values})
        look = events.record(
            tx, RawEvent(DetailRead.kind, "VK-01", "U0ANA", MONDAY, {"command": "show", "customers": ["VK-01"], "count": 1})
        )
        reads.disclosed(tx, look.id, ["VK-01"])
        second_line_samples.add(tx, SecondLineSample("2026-09", "seed", {}, MONDAY), [Sampled("2026-09", 1, "a" * 32, look.id)])
        events.record(tx, RawEvent("sample.drawn", "2026-09", "schedule", MONDAY, {}))


@pytest.fixture
def stock() -> Fill:
    return lived


def compared(database: Database) -> Reconciled:
    with database.begin(EVERYTHING) as tx:
        return reconciling.reconcile(tx)


@contextmanager
def forging(database: Database) -> Iterator[Tx]:
    """What the owner of a database can do: write what no constraint of it would let pass; and take it all back at the end."""
    with database.engine.connect() as connection:
        if database.dialect == "sqlite":
            driver: Any = connection.connection.driver_connection
            driver.executescript("PRAGMA foreign_keys=OFF; PRAGMA ignore_check_constraints=ON")
        with connection.begin() as transaction:
            if database.dialect == "postgresql":
                connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
                checks = "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0"
                for table, constraint in connection.exec_driver_sql(f"{checks} AND connamespace = 'public'::regnamespace").all():
                    connection.exec_driver_sql(f'ALTER TABLE {table} DROP CONSTRAINT "{constraint}"')
            yield Tx(connection, True, EVERYTHING)
            transaction.rollback()
        # the connection goes back into the pool
        if database.dialect == "sqlite":
            driver.executescript("PRAGMA foreign_keys=ON; PRAGMA ignore_check_constraints=OFF")


# --- an honest book ------------------------------------------------------------------------------------------------------


def test_nothing_differs_in_an_honest_book(database: Database):
    found = compared(database)

    assert [register_words.difference(each) for each in found.first] == []
    assert found.tally.compared > 10_000
    assert (found.tally.before, found.tally.erased) == (0, 0)


def test_the_honest_book_has_a_row_of_every_table_that_the_trail_answers_for(sqlite: Database):
    with sqlite.begin(EVERYTHING) as tx:
        empty = [table.name for table in TABLES if tx.connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() == 0]

    assert empty == []


# --- a forged one --------------------------------------------------------------------------------------------------------


# what stands in a cell that was empty
FIRST = {Instant: MONDAY, Money: Decimal(1), sa.Boolean: True, sa.Text: "x", sa.Float: 0.5, sa.Date: MONDAY.date(), sa.LargeBinary: b"x"}


def other(value: Any, column: sa.Column[Any]) -> Any:
    """Another value than this one, as close to it as can be."""
    if isinstance(column.type, Json):
        return [*value, "more"] if isinstance(value, list) else {**value, "more": 1} if isinstance(value, dict) else ["more"]
    match value:
        case None:
            return next((first for kind, first in FIRST.items() if isinstance(column.type, kind)), 1)
        case bool():
            return not value
        case str():
            return f"{value} "
        case float():
            return math.nextafter(value, math.inf)
        case datetime():
            # an end that is forged as its successor's beginning is would be told by the successor alone
            return value + timedelta(microseconds=2 if column.name == "superseded_at" else 1)
        case date():
            return value + timedelta(days=10_000)
        case bytes():
            return value + b"\0"
    return value + 1


# what sealed events state as one cell
STATED_AS = {("approval", "subject_kind"): "subject", ("approval", "subject_id"): "subject"}


@dataclass(frozen=True)
class Cell:
    """One cell that was forged."""

    table: str
    column: str
    key: tuple[Any, ...]

    def is_named(self, found: Reconciled) -> bool:
        """Whether a difference names its table and row, and its column where single rows are stated."""
        key = "/".join(map(str, self.key))
        stated = STATED_AS.get((self.table, self.column), self.column)
        of_it = (each for each in found.first if each.table == self.table and each.column in (None, stated))
        return any(self._holds(each.key, key) for each in of_it)

    def _holds(self, stretch: str, key: str) -> bool:
        first, _dash, last = stretch.partition("–")
        return stretch == key or (bool(last) and int(first) <= int(key) <= int(last))


def forge(tx: Tx, column: sa.Column[Any], chance: random.Random) -> Cell:
    """Change one cell of a random row; of one that the database itself lets pass."""
    table = column.table
    keys = list(table.primary_key.columns)
    rows = tx.connection.execute(sa.select(*keys, column).order_by(*keys)).all()
    while True:
        *key, value = chance.choice(rows)
        try:
            with tx.connection.begin_nested():
                tx.connection.execute(sa.update(table).where(*of(table, *key)).values({column.name: other(value, column)}))
        except IntegrityError:
            continue
        return Cell(table.name, column.name, tuple(key))


def places(*, keys: bool) -> list[sa.Column[Any]]:
    moving = {table.name: GROUPS[table.name].moving for table in TABLES if table.name in GROUPS}
    columns = [column for table in TABLES for column in table.columns if column.primary_key is keys]
    return [column for column in columns if column.name not in moving.get(column.table.name, ())]


@pytest.mark.long
@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_no_cell_of_any_table_can_be_changed_unnoticed(book: Database, seed: int):
    chance = random.Random(seed)
    with forging(book) as tx:
        forged = [forge(tx, column, chance) for column in places(keys=False)]
        found = reconciling.reconcile(tx)

    assert [cell for cell in forged if not cell.is_named(found)] == []


_BOOKS: list[Database] = []


def book_of(masters: Any, folders: pytest.TempPathFactory) -> Database:
    """One copy of the book for all examples: what they forge they take back."""
    if not _BOOKS:
        _BOOKS.append(Database(masters.sqlite(lived, folders.mktemp("forged") / "riskbot.db")))
    return _BOOKS[0]


def test_no_cell_can_be_changed_unnoticed_on_either_database(database: Database):
    chance = random.Random(17)
    with forging(database) as tx:
        forged = [forge(tx, column, chance) for column in places(keys=False)]
        found = reconciling.reconcile(tx)

    assert [cell for cell in forged if not cell.is_named(found)] == []


def of(table: sa.Table, *key: Any) -> list[sa.ColumnElement[bool]]:
    return [column == part for column, part in zip(table.primary_key.columns, key, strict=True)]


def named(found: Reconciled, *differences: Difference) -> set[str]:
    """The tables in which something differs in one of these ways."""
    return {each.table for each in found.first if each.difference in differences}


@pytest.fixture
def book(masters: Any, tmp_path_factory: pytest.TempPathFactory) -> Database:
    return book_of(masters, tmp_path_factory)


def test_a_row_that_takes_another_key_is_noticed(book: Database):
    with forging(book) as tx:
        for table in TABLES:
            keys = list(table.primary_key.columns)
            last = tx.connection.execute(sa.select(*keys).order_by(*(key.desc() for key in keys)).limit(1)).one()
            tx.connection.execute(sa.update(table).where(*of(table, *last)).values({keys[-1].name: other(last[-1], keys[-1])}))
        found = reconciling.reconcile(tx)

    assert {table.name for table in TABLES} - named(found, Difference.GONE) == set()
    assert {table.name for table in TABLES} - named(found, Difference.UNKNOWN) == set()


def test_a_deleted_row_is_noticed_in_every_table(book: Database):
    with forging(book) as tx:
        for table in TABLES:
            keys = list(table.primary_key.columns)
            first = tx.connection.execute(sa.select(*keys).order_by(*keys).limit(1)).one()
            tx.connection.execute(sa.delete(table).where(*of(table, *first)))
        found = reconciling.reconcile(tx)

    assert {table.name for table in TABLES} - named(found, Difference.GONE, Difference.CHANGED) == set()


# a version of its own, as of another thing: a second current one the database itself refuses
OF_ITS_OWN = {
    *("key", "digest", "number", "person", "authority", "driver", "customer_id", "facility", "collateral", "guarantee", "currency"),
    "account",
}


def test_a_row_from_nowhere_is_noticed_in_every_table(book: Database):
    with forging(book) as tx:
        for table in TABLES:
            row = dict(tx.connection.execute(sa.select(table).limit(1)).mappings().one())
            for column in table.columns:
                value = row[column.name]
                if (column.primary_key or column.name in OF_ITS_OWN) and isinstance(value, int | str):
                    row[column.name] = value + 90_000 if isinstance(value, int) else f"{value}-forged by {table.name}"
            tx.connection.execute(sa.insert(table).values(**row))
        found = reconciling.reconcile(tx)

    assert {table.name for table in TABLES} - named(found, Difference.UNKNOWN) == set()


# --- erased, upgraded ------------------------------------------------------------------------------------------------------


def erased_all(tx: Tx) -> None:
    """What the retention of a trail does, to all of it."""
    numbers = erasing.older(tx, MONDAY + timedelta(days=400), limit=10_000)
    told = {"subject": "retention", "reason": "older than it is kept", "by": "retention", "command": "retention"}
    erasing.erase(tx, numbers, **told, at=MONDAY, key=PLAIN)


def test_what_the_trail_said_is_compared_after_its_payloads_are_erased(sqlite: Database):
    with sqlite.begin(EVERYTHING, write=True) as tx:
        erased_all(tx)
    honest = compared(sqlite)
    with forging(sqlite) as tx:
        for statement in ("UPDATE risk SET level = 0 WHERE id = 4", "UPDATE rating_version SET rating = 'AAA+' WHERE id = 5"):
            tx.connection.execute(sa.text(statement))
        tx.connection.execute(sa.text("UPDATE approval SET title = 'other' WHERE id = 3"))
        forged = reconciling.reconcile(tx)

    # whom an erased look has shown is all that is gone
    assert (honest.count, honest.tally.before, honest.tally.erased) == (0, 0, 1)
    assert {(each.table, each.key) for each in forged.first if each.table != "rating_version"} == {("risk", "4"), ("approval", "3")}
    assert [each.load for each in forged.first if each.table == "rating_version"] == ["import 3"]


def as_before_the_upgrade(tx: Tx) -> None:
    """Entries as they were when they stated nothing."""
    unguarded(tx)
    for id, payload in tx.connection.execute(sa.select(EventRow.id, EventRow.payload)).all():
        old = {name: value for name, value in payload.items() if name != stating.STATES}
        tx.connection.execute(sa.update(EventRow).where(EventRow.id == id).values(payload=old))
    tx.connection.execute(sa.delete(EventRow).where(EventRow.kind == RegisterRecorded.kind))
    # there were none of these then
    tx.connection.execute(sa.delete(ExportRow))
    # what the migration notes, and the first anchor signs
    tx.connection.execute(sa.update(TrailRow).values(bound_after=sa.select(sa.func.max(EventRow.id)).scalar_subquery()))


def covered(database: Database) -> int:
    """What the bot does at its first start after the upgrade; how many rows it has covered."""
    with database.begin(EVERYTHING) as tx:
        found = reconciling.uncovered(tx)
    with database.begin(EVERYTHING, write=True) as tx:
        return found.count if found is not None and reconciling.cover(tx, found, at=MONDAY) else 0


def test_after_an_upgrade_rows_are_not_covered_and_from_the_first_start_on_they_are(sqlite: Database):
    with sqlite.begin(EVERYTHING, write=True) as tx:
        as_before_the_upgrade(tx)
    before = compared(sqlite)
    first, again = covered(sqlite), covered(sqlite)
    after = compared(sqlite)
    with forging(sqlite) as tx:
        tx.connection.execute(sa.text("UPDATE member SET roles = '[\"administrator\"]' WHERE id = 'U0EVA'"))
        tx.connection.execute(sa.text("UPDATE facility_version SET outstanding = 1 WHERE id = 17"))
        forged = reconciling.reconcile(tx)

    assert before.count == 0
    assert before.tally.before > 10_000
    assert "were last written by a version whose entries do not cover them" in register_words.lines(before)[1]
    assert (first, again) == (before.tally.before, 0)
    assert (after.count, after.tally.before) == (0, 0)
    assert {(each.table, each.key) for each in forged.first} == {("member", "U0EVA"), ("facility_version", "1–528")}


def test_a_row_that_no_entry_ever_spoke_of_is_no_older_row(sqlite: Database):
    with sqlite.begin(EVERYTHING, write=True) as tx:
        as_before_the_upgrade(tx)
        tx.connection.execute(sa.text("INSERT INTO member VALUES ('U0NEW', '[\"approver\"]', '[]', TRUE, 'U0BOSS', 'x', 1)"))
    covered(sqlite)
    found = compared(sqlite)

    assert [(each.table, each.key, each.difference) for each in found.first] == [("member", "U0NEW", Difference.UNKNOWN)]
    assert register_words.lines(found)[0] == "The register does not match the trail: 1 difference."


def test_what_is_stated_between_the_comparison_and_the_covering_counts(database: Database):
    with database.begin(EVERYTHING, write=True) as tx:
        as_before_the_upgrade(tx)
    with database.begin(EVERYTHING) as tx:
        seen = reconciling.uncovered(tx)
    assert seen is not None
    with database.begin(EVERYTHING, write=True) as tx:
        member, given = change(
            people.get(tx, "U0EVA"), roles=[Role.APPROVER], departments=["Credit"], other_administrators=["U0ADA"], same_person=False,
            by="U0ADA", at=MONDAY,
        )  # fmt: skip
        people.save(tx, member)
        events.record(tx, given)
    # two processes have compared
    with database.begin(EVERYTHING, write=True) as tx:
        done = [reconciling.cover(tx, seen, at=MONDAY) for _process in range(2)]

    assert done == [True, False]
    assert [register_words.difference(each) for each in compared(database).first] == []
    with database.begin(EVERYTHING) as tx:
        assert trusting.member(tx, "U0EVA")


def test_after_the_covering_no_row_of_an_old_thing_is_older(sqlite: Database):
    with sqlite.begin(EVERYTHING, write=True) as tx:
        as_before_the_upgrade(tx)
    covered(sqlite)
    with forging(sqlite) as tx:
        row = dict(tx.connection.execute(sa.select(Table.metadata.tables["vote"]).limit(1)).mappings().one())
        forged = {**row, "number": 90, "person": "U0EVE", "authority": "U0EVE"}
        tx.connection.execute(sa.insert(Table.metadata.tables["vote"]).values(**forged))
        found, trusted = reconciling.reconcile(tx), trusting.approval(tx, ApprovalId(row["approval_id"]))

    assert [(each.table, each.key, each.difference) for each in found.first] == [("vote", f"{row['approval_id']}/90", Difference.UNKNOWN)]
    assert not trusted


def trusted(tx: Tx) -> tuple[set[bool], set[bool]]:
    """Whether all approvals are as recorded, and all members."""
    approvals = {trusting.approval(tx, ApprovalId(id)) for id in tx.connection.execute(sa.select(ApprovalRow.id)).scalars()}
    return approvals, {trusting.member(tx, id) for id in tx.connection.execute(sa.select(MemberRow.id)).scalars()}


def test_every_request_and_role_of_an_honest_book_is_trusted(database: Database):
    with database.begin(EVERYTHING) as tx:
        assert trusted(tx) == ({True}, {True})


def test_every_request_and_role_is_trusted_after_an_upgrade_too(sqlite: Database):
    with sqlite.begin(EVERYTHING, write=True) as tx:
        as_before_the_upgrade(tx)
        before = trusted(tx)
    covered(sqlite)
    with sqlite.begin(EVERYTHING) as tx:
        assert before == trusted(tx) == ({True}, {True})


def test_in_a_book_that_began_with_statements_no_row_is_older_or_erased(sqlite: Database):
    """The change of the policy states the decision on it, so that the event of the decision itself states nothing."""
    with forging(sqlite) as tx:
        id = tx.connection.execute(sa.text("SELECT id FROM approval WHERE subject_kind = 'P' AND verdict = 'approved'")).scalars().first()
        assert id
        tx.connection.execute(sa.text(f"UPDATE decision SET by = 'U0EVE' WHERE approval_id = {id}"))
        tx.connection.execute(sa.text("UPDATE approval SET maker = 'U0EVE' WHERE id = :id"), {"id": id})
        forged, uncovered, believed = reconciling.reconcile(tx), reconciling.uncovered(tx), trusting.approval(tx, ApprovalId(id))
        unguarded(tx)
        erased_all(tx)
        erased = reconciling.reconcile(tx)

    for found in (forged, erased):
        assert {("decision", str(id)), ("approval", str(id))} == {(each.table, each.key) for each in found.first}
        assert found.tally.before == 0
    assert (uncovered, believed) == (None, False)


def test_the_database_cannot_say_later_that_more_of_it_is_older(sqlite: Database):
    with sqlite.begin(EVERYTHING, write=True) as tx:
        facts = Known.signed(identity(tx), 0, Head(1, "f" * 64, PLAIN.id), PLAIN).facts()
        events.record(tx, RawEvent("audit.anchored", "audit", "anchor", MONDAY, facts))
    with forging(sqlite) as tx:
        tx.connection.execute(sa.text("UPDATE trail SET bound_after = 99999"))
        events.record(tx, RawEvent("role.given", "U0NEW", "U0BOSS", MONDAY, {}))
        tx.connection.execute(sa.text("INSERT INTO member VALUES ('U0NEW', '[\"approver\"]', '[]', TRUE, 'U0BOSS', 'x', 1)"))
        found, believed = reconciling.reconcile(tx), trusting.member(tx, "U0NEW")

    assert [(each.table, each.key) for each in found.first] == [("member", "U0NEW")]
    assert not believed
