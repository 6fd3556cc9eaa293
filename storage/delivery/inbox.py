"""Acknowledged requests: each has a key, and takes effect once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update

from storage.database import Tx
from storage.rows import insert_once
from storage.schema import InboxRow

QUEUED, DONE, REFUSED, FAILED = STATES = "queued", "done", "refused", "failed"


def accept(tx: Tx, key: str, request: Mapping[str, Any], *, at: datetime, state: str = QUEUED) -> bool:
    """Store a request; return False if this key was stored before."""
    return insert_once(tx, InboxRow, {"key": key, "request": dict(request), "state": state, "received_at": at})


def take(tx: Tx, key: str) -> Mapping[str, Any] | None:
    """Return a request that has not taken effect yet; locked until the transaction ends."""
    query = select(InboxRow.request).where(InboxRow.key == key, InboxRow.state == QUEUED).with_for_update()
    request: Mapping[str, Any] | None = tx.connection.execute(query).scalar_one_or_none()
    return request


def finish(tx: Tx, key: str, *, state: str, at: datetime, note: str | None = None) -> None:
    """Record the outcome of a request that was still queued."""
    tx.connection.execute(
        update(InboxRow).where(InboxRow.key == key, InboxRow.state == QUEUED).values(state=state, finished_at=at, note=note)
    )


def left_over(tx: Tx, *, before: datetime, limit: int) -> list[str]:
    """Return keys of requests accepted before a moment and not carried out, oldest first."""
    query = select(InboxRow.key).where(InboxRow.state == QUEUED, InboxRow.received_at < before).order_by(InboxRow.received_at).limit(limit)
    return list(tx.connection.execute(query).scalars())


def begin_again(tx: Tx, key: str) -> int | None:
    """Count the restart of an unfinished request; return the new count, or None if it is done."""
    counted = update(InboxRow).where(InboxRow.key == key, InboxRow.state == QUEUED).values(begun_again=InboxRow.begun_again + 1)
    return tx.connection.execute(counted.returning(InboxRow.begun_again)).scalar_one_or_none()


def not_counted(tx: Tx, key: str) -> None:
    """Undo the last count, as the database caused the failure."""
    fewer = update(InboxRow).where(InboxRow.key == key, InboxRow.begun_again > 0).values(begun_again=InboxRow.begun_again - 1)
    tx.connection.execute(fewer)


def forget_finished(tx: Tx, *, before: datetime) -> int:
    """Delete requests carried out before a moment; return their number."""
    return tx.connection.execute(delete(InboxRow).where(InboxRow.state != QUEUED, InboxRow.received_at < before)).rowcount


@dataclass(frozen=True, slots=True)
class Failed:
    """A request given up because of a fault of the product; ``mark`` identifies it in the log."""

    command: str
    person: str
    at: datetime
    mark: str


def failed(tx: Tx, *, since: datetime | None = None) -> list[Failed]:
    """Return requests that were given up, the newest first, as long as they are kept."""
    query = select(InboxRow.request, InboxRow.finished_at, InboxRow.note).where(InboxRow.state == FAILED)
    if since is not None:
        query = query.where(InboxRow.received_at >= since)
    rows = tx.connection.execute(query.order_by(InboxRow.received_at.desc()))
    return [Failed(str(request.get("command")), str(request.get("person")), at, note or "") for request, at, note in rows]


def counts(tx: Tx) -> dict[str, int]:
    """Return the number of requests by state."""
    return dict(tx.connection.execute(select(InboxRow.state, func.count()).group_by(InboxRow.state)).all())


def peek(tx: Tx, key: str) -> Mapping[str, Any] | None:
    """Return a request that has not taken effect yet, without a lock."""
    request: Mapping[str, Any] | None = tx.connection.execute(
        select(InboxRow.request).where(InboxRow.key == key, InboxRow.state == QUEUED)
    ).scalar_one_or_none()
    return request
