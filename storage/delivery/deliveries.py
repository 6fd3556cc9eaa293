"""Notices, which name the people to inform, and deliveries, which inform them: claimed, sent, retried, reconciled."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, insert, literal, or_, select, update
from sqlalchemy.orm import aliased

from storage.database import Tx
from storage.rows import insert_once
from storage.schema import DeliveryRow, NoticeRow


class Operation(StrEnum):
    """The action in Slack: a new message, an update of the thread's first one, or a reply."""

    POST = "post"
    UPDATE = "update"
    REPLY = "reply"


class DeliveryState(StrEnum):
    """The state of a delivery."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"


class Decision(StrEnum):
    """The decision about a notice: delivery, or the reason against it."""

    DELIVERED = "delivered"
    # only the acting people, or nobody, are concerned
    NOBODY = "nobody"
    # the event was entered as history
    HISTORY = "history"
    # one notice covers this and many others
    GROUPED = "grouped"
    TOLD_BEFORE = "told before"


# ids in one statement
_CHUNK = 500
UNSENT = (DeliveryState.PENDING.value, DeliveryState.SENDING.value)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A claimed message; ``attempt`` counts this claim, ``key`` is in the message's metadata."""

    seq: int
    key: str
    notice: str
    facts: Mapping[str, Any]
    operation: Operation
    audience: str
    thread: str
    attempt: int
    lease_until: datetime
    first_try_at: datetime
    expires_at: datetime | None = None
    # the beginning of the wait, and the outcome of the previous attempt
    since: datetime | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """A thread's first message in Slack; a ``deleted`` one is neither updated nor answered."""

    channel: str
    ts: str
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Withheld:
    """A notice that is not delivered, with the reason."""

    notice: str
    audience: str
    reason: str
    decision: Decision
    at: datetime
    event: int | None


@dataclass(frozen=True, slots=True)
class Told:
    """The decision about one notice of an event; ``state`` is that of its delivery, if it has one."""

    notice: str
    audience: str
    reason: str
    decision: Decision
    state: DeliveryState | None


def enqueue(
    tx: Tx,
    notice: str,
    *,
    facts: Mapping[str, Any],
    audience: str,
    reason: str,
    thread: str,
    at: datetime,
    operation: Operation = Operation.POST,
    event: int | None = None,
    dedup: str | None = None,
    expires_at: datetime | None = None,
) -> bool:
    """Record a notice and its delivery; return False if a notice with this ``dedup`` exists already.

    Args:
        audience: ``route:alerts``, ``channel:C1`` or ``person:U1``.
        thread: messages of one thread and audience are sent in order, and updates find the first of them.
        expires_at: the time of its deletion from Slack, if earlier than the policy's days.
    """
    row = {"name": notice, "event_id": event, "facts": dict(facts), "audience": audience, "reason": reason, "dedup": dedup, "at": at}
    row["decision"] = Decision.DELIVERED.value
    if dedup is not None:
        if not insert_once(tx, NoticeRow, row):
            return False
        id = tx.connection.execute(select(NoticeRow.id).where(NoticeRow.dedup == dedup)).scalar_one()
    else:
        id = tx.connection.execute(insert(NoticeRow).values(**row).returning(NoticeRow.id)).scalar_one()
    work = {"key": uuid.uuid4().hex, "notice_id": id, "operation": operation.value, "audience": audience, "thread": f"{thread}>{audience}"}
    tx.connection.execute(
        insert(DeliveryRow).values(**work, state=DeliveryState.PENDING.value, due_at=at, since=at, attempt=0, expires_at=expires_at)
    )
    return True


def delivered(tx: Tx, keys: Collection[str]) -> set[str]:
    """Return those of these keys that were enqueued before."""
    if not keys:
        return set()
    return {key for (key,) in tx.connection.execute(select(NoticeRow.dedup).where(NoticeRow.dedup.in_(list(keys)))) if key}


def keep_withheld(tx: Tx, withheld: Collection[Withheld]) -> None:
    """Record notices that are not delivered, with reasons."""
    rows: list[dict[str, Any]] = [
        {
            "name": each.notice,
            "event_id": each.event,
            "facts": {},
            "audience": each.audience,
            "reason": each.reason,
            "decision": each.decision.value,
            "at": each.at,
        }
        for each in withheld
    ]
    if rows:
        tx.connection.execute(insert(NoticeRow), rows)


def told_of(tx: Tx, events: Sequence[int]) -> dict[int, list[Told]]:
    """Return the notices of each event, delivered and withheld, with their reasons; events without a notice are left out."""
    columns = (NoticeRow.event_id, NoticeRow.name, NoticeRow.audience, NoticeRow.reason, NoticeRow.decision, DeliveryRow.state)
    query = select(*columns).outerjoin(DeliveryRow, DeliveryRow.notice_id == NoticeRow.id).order_by(NoticeRow.id)
    found: dict[int, list[Told]] = {}
    for start in range(0, len(events), _CHUNK):
        some = events[start : start + _CHUNK]
        for event, name, audience, reason, decision, state in tx.connection.execute(query.where(NoticeRow.event_id.in_(some))):
            told = Told(name, audience, reason, Decision(decision), None if state is None else DeliveryState(state))
            found.setdefault(int(event or 0), []).append(told)
    return found


def _claimable(now: datetime, resting: Collection[str]) -> ColumnElement[bool]:
    earlier = aliased(DeliveryRow)
    waits_for_another = exists().where(earlier.thread == DeliveryRow.thread, earlier.seq < DeliveryRow.seq, earlier.state.in_(UNSENT))
    due = or_(
        and_(DeliveryRow.state == DeliveryState.PENDING.value, DeliveryRow.due_at <= now),
        and_(DeliveryRow.state == DeliveryState.SENDING.value, DeliveryRow.lease_until < now),
    )
    return and_(due, ~waits_for_another, DeliveryRow.audience.not_in(list(resting)))


def anything_due(tx: Tx, *, now: datetime, resting: Collection[str] = ()) -> bool:
    """Return True if there is something to claim; takes no lock."""
    return tx.connection.execute(select(exists().where(_claimable(now, resting)))).scalar_one()


def claim(tx: Tx, *, owner: str, now: datetime, lease: timedelta, resting: Collection[str] = ()) -> Delivery | None:
    """Claim the oldest due message for the lease, except for audiences in ``resting``."""
    query = select(DeliveryRow.seq).where(_claimable(now, resting)).order_by(DeliveryRow.seq).limit(1).with_for_update(skip_locked=True)
    seq = tx.connection.execute(query).scalar_one_or_none()
    if seq is None:
        return None
    # typed, or SQLite would store it without its zone
    first = func.coalesce(DeliveryRow.first_try_at, literal(now, DeliveryRow.first_try_at.type))
    taken = {
        "state": DeliveryState.SENDING.value,
        "owner": owner,
        "attempt": DeliveryRow.attempt + 1,
        "lease_until": now + lease,
        "first_try_at": first,
    }
    tx.connection.execute(update(DeliveryRow).where(DeliveryRow.seq == seq).values(**taken))
    columns = (DeliveryRow.seq, DeliveryRow.key, NoticeRow.name, NoticeRow.facts, DeliveryRow.operation, DeliveryRow.audience)
    more = (DeliveryRow.thread, DeliveryRow.attempt, DeliveryRow.lease_until, DeliveryRow.first_try_at, DeliveryRow.expires_at)
    kept = (DeliveryRow.since, DeliveryRow.error)
    row = tx.connection.execute(
        select(*columns, *more, *kept).join(NoticeRow, NoticeRow.id == DeliveryRow.notice_id).where(DeliveryRow.seq == seq)
    ).one()
    return Delivery(row[0], row[1], row[2], row[3], Operation(row[4]), *row[5:])


def finish(tx: Tx, delivery: Delivery, *, owner: str, **outcome: Any) -> bool:
    """Record the outcome of a claim, unless the claim has passed to somebody else."""
    fence = (
        DeliveryRow.seq == delivery.seq,
        DeliveryRow.owner == owner,
        DeliveryRow.attempt == delivery.attempt,
        DeliveryRow.state == DeliveryState.SENDING.value,
    )
    return tx.connection.execute(update(DeliveryRow).where(*fence).values(**outcome)).rowcount == 1


def opening_message(tx: Tx, thread: str) -> Opening | None:
    """Return a thread's first message, if it has been sent."""
    query = (
        select(DeliveryRow.channel, DeliveryRow.ts, DeliveryRow.deleted_at)
        .where(DeliveryRow.thread == thread, DeliveryRow.operation == Operation.POST.value, DeliveryRow.state == DeliveryState.SENT.value)
        .order_by(DeliveryRow.seq)
        .limit(1)
    )
    row = tx.connection.execute(query).one_or_none()
    return None if row is None or row[0] is None or row[1] is None else Opening(row[0], row[1], row[2] is not None)


def counts(tx: Tx) -> dict[str, int]:
    """Return the number of deliveries by state."""
    return dict(tx.connection.execute(select(DeliveryRow.state, func.count()).group_by(DeliveryRow.state)).all())
