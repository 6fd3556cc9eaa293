"""Events: immutable facts, written together with the change."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, type_coerce

from risk_engine.events import Event
from risk_engine.events import kinds as named
from storage.database import Tx
from storage.row_digests import stating
from storage.row_digests.covered import RegisterRecorded
from storage.schema import EventRow, PolicyInForceRow, Table
from storage.types import Instant, canonical

# read in the insert statement, so that every event has it
_POLICY_IN_FORCE = select(PolicyInForceRow.version_id).order_by(PolicyInForceRow.id.desc()).limit(1).scalar_subquery()
_INSERT = insert(Table.metadata.tables["event"]).values(policy_version=_POLICY_IN_FORCE).returning(EventRow.id)


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event with its number; ``facts`` is None once the payload has been erased."""

    id: int
    kind: str
    subject: str
    actor: str
    at: datetime
    facts: Mapping[str, Any] | None


def record(tx: Tx, event: Event, *, request_key: str | None = None) -> Recorded:
    """Write an event; the digest covers salt and payload, so that the chain survives the erasure of a payload.

    Besides its facts the payload states the rows that the transaction has written.
    """
    salt, told = secrets.token_hex(16), event.facts
    facts = {**told, **stating.taken(tx, event.kind)}
    values = {
        "kind": event.kind,
        "subject": event.subject,
        "actor": event.actor,
        "at": event.at,
        "payload": facts,
        "salt": salt,
        "digest": digest(salt, facts),
        "request_key": request_key,
    }
    id = tx.connection.execute(_INSERT, values).scalar_one()
    return Recorded(id, event.kind, event.subject, event.actor, event.at, told)


def record_the_rest(tx: Tx) -> None:
    """State the rows written after the transaction's last event, or without any event."""
    if tx.changes.rows or tx.changes.groups:
        record(tx, RegisterRecorded(subject="register", actor="bot", at=_now(tx)))


def _now(tx: Tx) -> datetime:
    """Return the time of the newest event, as there is no clock here; before the first event, the database's time."""
    newest = tx.connection.execute(select(EventRow.at).order_by(EventRow.id.desc()).limit(1)).scalar_one_or_none()
    clock: Any = func.strftime("%Y-%m-%dT%H:%M:%f000Z", "now") if tx.dialect == "sqlite" else func.now()
    return newest or tx.connection.execute(select(type_coerce(clock, Instant()))).scalar_one()


def recorded(row: Sequence[Any]) -> Recorded:
    """Return an event from its columns, without its statements of rows."""
    id, kind, subject, actor, at, payload = row
    return Recorded(id, kind, subject, actor, at, stating.without(payload))


def digest(salt: str, facts: Mapping[str, Any]) -> str:
    """Return the commitment to a payload: SHA-256 over its salt and its canonical spelling."""
    return hashlib.sha256(f"{salt}\n{canonical(facts)}".encode()).hexdigest()


def newest(tx: Tx, kinds: Sequence[type[Event]]) -> tuple[int, datetime] | None:
    """Return the number and the time of the last event of these kinds."""
    query = select(EventRow.id, EventRow.at).where(EventRow.kind.in_(named(*kinds))).order_by(EventRow.id.desc()).limit(1)
    row = tx.connection.execute(query).one_or_none()
    return None if row is None else (row[0], row[1])


def last_of(tx: Tx, subject: str, kind: type[Event]) -> Recorded | None:
    """Return the last event of a kind about a subject."""
    row = EventRow
    query = select(row.id, row.kind, row.subject, row.actor, row.at, row.payload).where(row.subject == subject, row.kind == kind.kind)
    found = tx.connection.execute(query.order_by(row.id.desc()).limit(1)).one_or_none()
    return None if found is None else recorded(found)


def kinds(tx: Tx) -> list[str]:
    """Return the kinds of all events, sorted."""
    return list(tx.connection.execute(select(EventRow.kind).order_by(EventRow.id)).scalars())
