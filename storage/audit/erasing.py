"""Erasing payloads from the trail: the chain stays valid, as it covers their digests, and each erasure is recorded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, select, type_coerce, update

from risk_engine.events import kinds
from storage import events
from storage.audit import rows
from storage.audit.about import about_customer, about_things, of_customer
from storage.audit.anchoring.anchors import TrailAnchored
from storage.audit.anchoring.guarding import ACCEPTED, TrailAlarm, TrailRekeyed, TrailVerified
from storage.audit.anchoring.known import identity
from storage.audit.chain import PLAIN, Key
from storage.audit.erased import TrailErased, runs, signature
from storage.audit.sealing import KeyIsMissing
from storage.database import Database, Tx
from storage.row_digests import stating
from storage.row_digests.covered import RegisterRecorded
from storage.schema import EventRow
from storage.types import canonical

# proofs that the trail is complete stay: records of erasures, anchors and accepted discontinuities
KEPT = kinds(TrailErased, TrailAnchored, *ACCEPTED, TrailRekeyed, TrailAlarm, TrailVerified, RegisterRecorded)
# the number of runs in one record
RUNS = 2_000
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class About:
    """The events about a customer, and the number of other events that mention it."""

    events: Sequence[int]
    mentions: int


def about(tx: Tx, customer: str) -> About:
    """Return the events whose payload would be erased: about the customer or about its risks, responses and other records."""
    found = {id for chunk in _chunks(of_customer(tx, customer)) for id in _ids(tx, about_things(chunk))}
    found |= set(_ids(tx, about_customer(customer)))
    # the spelling inside a payload, regardless of its other contents
    spelled = type_coerce(EventRow.payload, Text).contains(canonical(customer), autoescape=True)
    query = select(EventRow.id, EventRow.payload).where(spelled, EventRow.kind.not_in(KEPT))
    mentions = {id: facts for id, facts in tx.connection.execute(query) if id not in found and _names(facts, customer)}
    theirs = {id for id, facts in mentions.items() if facts.get("customer") == customer}
    return About(sorted(found | theirs), len(mentions) - len(theirs))


def older(tx: Tx, than: datetime, *, limit: int) -> list[int]:
    """Return events before a moment whose payload is still present, from the first."""
    return _ids(tx, EventRow.at < than, limit=limit)


def erase(tx: Tx, numbers: Sequence[int], *, subject: str, reason: str, by: str, at: datetime, key: Key, command: str) -> int:
    """Erase payloads and salts of these events, record it with author and reason, signed; return the number.

    Args:
        numbers: the numbers of events with a payload, ascending.
        key: the key that the trail is sealed with.
        command: the erasing command, one of ``erased.COMMANDS``.

    Raises:
        KeyIsMissing: the trail is sealed with a key, and none was given.
    """
    if key.id == PLAIN != rows.head(tx).key_id:
        raise KeyIsMissing
    database = identity(tx).database or ""
    for chunk in _chunks(numbers):
        _carry(tx, chunk, by=by, at=at)
        tx.connection.execute(update(EventRow).where(EventRow.id.in_(chunk)).values(payload=None, salt=""))
    named = runs(numbers)
    for start in range(0, len(named), RUNS):
        part = named[start : start + RUNS]
        count = sum(last - first + 1 for first, last in part)
        facts: dict[str, Any] = {"reason": reason, "count": count, "events": part, "command": command, "database": database, "key": key.id}
        mac = signature(key, database, subject, by, facts)
        events.record(tx, TrailErased(subject=subject, actor=by, at=at, **facts, mac=mac))
    return len(numbers)


def _carry(tx: Tx, numbers: Sequence[int], *, by: str, at: datetime) -> None:
    """Keep digests of the rows that these events state, so that the register can still be reconciled with the trail."""
    payloads = tx.connection.execute(select(EventRow.id, EventRow.payload).where(EventRow.id.in_(numbers)).order_by(EventRow.id))
    kept = stating.carried((id, payload) for id, payload in payloads)
    if kept["rows"] or kept["groups"]:
        events.record(tx, RegisterRecorded(subject="register", actor=by, at=at, states={stating.CARRIED: kept}))


def leave_no_copy(database: Database) -> None:
    """Truncate SQLite's write-ahead log, which may hold erased text, as far as readers allow."""
    if database.dialect == "sqlite":
        with database.engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _ids(tx: Tx, condition: ColumnElement[bool], limit: int | None = None) -> list[int]:
    there = select(EventRow.id).where(condition, EventRow.payload.is_not(None), EventRow.kind.not_in(KEPT))
    return list(tx.connection.execute(there.order_by(EventRow.id).limit(limit)).scalars())


def _names(facts: Any, customer: str) -> bool:
    """Return True if any value in these facts is this customer."""
    if isinstance(facts, dict):
        return any(_names(each, customer) for each in facts.values())
    return any(_names(each, customer) for each in facts) if isinstance(facts, list) else bool(facts == customer)


def _chunks(listed: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (listed[start : start + _CHUNK] for start in range(0, len(listed), _CHUNK))
