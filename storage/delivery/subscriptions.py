"""Channels with a digest of their own."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import RowMapping, delete, select, update

from storage.database import Conflict, Tx
from storage.rows import insert_once, written
from storage.schema import SubscriptionRow


@dataclass(frozen=True, slots=True)
class Subscription:
    """A channel's settings; None stands for the policy's.

    Attributes:
        since: the time of subscription or resumption; earlier digests are not sent.
        changed_at: the time since which this hour and zone apply.
        paused: until ``paused_until``, or until somebody resumes it if that is None.
    """

    channel: str
    by: str
    since: datetime
    changed_at: datetime
    at: time | None = None
    timezone: str | None = None
    department: str | None = None
    sector: str | None = None
    paused: bool = False
    paused_until: date | None = None
    version: int = 1


def get(tx: Tx, channel: str) -> Subscription | None:
    """Return a channel's own digest, if it has one."""
    row = tx.connection.execute(_ALL.where(SubscriptionRow.channel == channel)).mappings().one_or_none()
    return None if row is None else _subscription(row)


def every(tx: Tx) -> list[Subscription]:
    """Return all subscriptions, in order."""
    return [_subscription(row) for row in tx.connection.execute(_ALL.order_by(SubscriptionRow.channel)).mappings()]


def add(tx: Tx, subscription: Subscription) -> None:
    """Insert a new subscription.

    Raises:
        Conflict: somebody else subscribed the channel meanwhile.
    """
    if not insert_once(tx, SubscriptionRow, _row(subscription)):
        raise Conflict(f"{subscription.channel} has a subscription")


def save(tx: Tx, subscription: Subscription) -> None:
    """Update a subscription.

    Raises:
        Conflict: somebody changed or removed it meanwhile.
    """
    seen = (SubscriptionRow.channel == subscription.channel, SubscriptionRow.version == subscription.version)
    values = _row(subscription) | {"version": subscription.version + 1}
    if tx.connection.execute(update(SubscriptionRow).where(*seen).values(**values)).rowcount != 1:
        raise Conflict(f"{subscription.channel} is no longer at version {subscription.version}")
    written(tx, SubscriptionRow, subscription.channel)


def remove(tx: Tx, channel: str) -> None:
    tx.connection.execute(delete(SubscriptionRow).where(SubscriptionRow.channel == channel))
    written(tx, SubscriptionRow, channel)


_ALL = select(*SubscriptionRow.__table__.columns)


def _row(subscription: Subscription) -> dict[str, Any]:
    return asdict(subscription) | {"at": None if subscription.at is None else subscription.at.isoformat("minutes")}


def _subscription(row: RowMapping) -> Subscription:
    return Subscription(**{**row, "at": None if row["at"] is None else time.fromisoformat(row["at"])})
