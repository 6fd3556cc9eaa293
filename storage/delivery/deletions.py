"""Deletion of outdated messages in Slack: claimed, deleted, retried; one row per deletion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update

from storage.database import Tx
from storage.delivery.deliveries import DeliveryState, Operation
from storage.schema import DeliveryRow

# an update has no message of its own to delete
POSTS = (Operation.POST.value, Operation.REPLY.value)


@dataclass(frozen=True, slots=True)
class Posted:
    """A message in Slack to be deleted; ``lease_until`` identifies the claim."""

    seq: int
    channel: str
    ts: str
    lease_until: datetime


def _over(now: datetime, older_than: datetime | None) -> ColumnElement[bool]:
    """Return the condition for overdue messages: past their own time, or sent before a moment."""
    late = DeliveryRow.expires_at <= now
    if older_than is not None:
        late = or_(late, DeliveryRow.sent_at <= older_than)
    return and_(DeliveryRow.deleted_at.is_(None), late, DeliveryRow.ts.is_not(None), DeliveryRow.operation.in_(POSTS))


def _claimable(now: datetime, older_than: datetime | None) -> ColumnElement[bool]:
    unclaimed = or_(DeliveryRow.lease_until.is_(None), DeliveryRow.lease_until < now)
    return and_(_over(now, older_than), DeliveryRow.state == DeliveryState.SENT.value, DeliveryRow.due_at <= now, unclaimed)


def anything_due(tx: Tx, *, now: datetime, older_than: datetime | None) -> bool:
    """Return True if there is a message to delete; takes no lock."""
    return tx.connection.execute(select(exists().where(_claimable(now, older_than)))).scalar_one()


def claim(tx: Tx, *, owner: str, now: datetime, older_than: datetime | None, lease: timedelta) -> Posted | None:
    """Claim one overdue message for the lease; None if there is none, or others have them."""
    query = select(DeliveryRow.seq, DeliveryRow.channel, DeliveryRow.ts).where(_claimable(now, older_than))
    row = tx.connection.execute(
        query.order_by(DeliveryRow.expires_at.is_(None), DeliveryRow.seq).limit(1).with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return None
    fence = (DeliveryRow.seq == row[0], _claimable(now, older_than))
    taken = tx.connection.execute(update(DeliveryRow).where(*fence).values(owner=owner, lease_until=now + lease)).rowcount
    return Posted(row[0], str(row[1]), str(row[2]), now + lease) if taken == 1 else None


def done(tx: Tx, posted: Posted, *, owner: str, at: datetime, why: str | None = None) -> bool:
    """Record that the message is gone; return False if the claim has passed to somebody else."""
    return _write(tx, posted, owner, deleted_at=at, delete_error=why)


def again(tx: Tx, posted: Posted, *, owner: str, at: datetime, why: str) -> bool:
    """Record that the message is still there, with the time of the next attempt and the reason."""
    return _write(tx, posted, owner, due_at=at, delete_error=why)


def _write(tx: Tx, posted: Posted, owner: str, **outcome: object) -> bool:
    fence = (
        DeliveryRow.seq == posted.seq,
        DeliveryRow.owner == owner,
        DeliveryRow.lease_until == posted.lease_until,
        DeliveryRow.deleted_at.is_(None),
    )
    return tx.connection.execute(update(DeliveryRow).where(*fence).values(**outcome, lease_until=None)).rowcount == 1


def refused(tx: Tx) -> list[tuple[str, str, int]]:
    """Return (audience, Slack's error, number) of messages that could not be deleted so far."""
    query = (
        select(DeliveryRow.audience, DeliveryRow.delete_error, func.count())
        .where(DeliveryRow.deleted_at.is_(None), DeliveryRow.delete_error.is_not(None))
        .group_by(DeliveryRow.audience, DeliveryRow.delete_error)
        .order_by(DeliveryRow.audience)
    )
    return [(audience, str(error), count) for audience, error, count in tx.connection.execute(query)]
