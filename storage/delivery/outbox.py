"""Undelivered messages, pending and dead, by cause; requeued on request, and reported once per cause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from storage.database import Tx
from storage.delivery.deliveries import UNSENT, DeliveryState
from storage.schema import DeliveryRow, NoticeRow

# rows of older versions have no ``since``
waits_since = func.coalesce(DeliveryRow.since, DeliveryRow.first_try_at, DeliveryRow.due_at)
_DEAD = DeliveryRow.state == DeliveryState.DEAD.value
_WAITING = DeliveryRow.state.in_(UNSENT)


@dataclass(frozen=True, slots=True)
class Cause:
    """Messages to one audience that fail for one reason; ``held`` ones wait because of the policy."""

    audience: str
    error: str
    count: int
    dead: bool
    held: bool


@dataclass(frozen=True, slots=True)
class Unsent:
    """One undelivered message; ``next_at`` is the time of the next attempt."""

    number: int
    notice: str
    audience: str
    error: str
    since: datetime
    next_at: datetime | None
    held: bool

    @property
    def dead(self) -> bool:
        return self.next_at is None


def _late(before: datetime) -> ColumnElement[bool]:
    return and_(_WAITING, waits_since < before)


def causes(tx: Tx, *, before: datetime) -> list[Cause]:
    """Return the causes of dead messages, then those of messages pending since before a moment."""
    columns = (DeliveryRow.audience, func.coalesce(DeliveryRow.error, ""), _DEAD, DeliveryRow.held)
    query = select(columns[0], columns[1], func.count(), columns[2], columns[3]).where(or_(_DEAD, _late(before)))
    rows = tx.connection.execute(query.group_by(*columns))
    found = [Cause(audience, error, count, bool(dead), bool(held)) for audience, error, count, dead, held in rows]
    return sorted(found, key=lambda cause: (not cause.dead, cause.audience, cause.error))


def page(tx: Tx, *, limit: int, offset: int = 0) -> tuple[int, Sequence[Unsent]]:
    """Return the number of dead and pending messages, and some of them; dead ones first, then the oldest."""
    there = or_(_DEAD, _WAITING)
    count = tx.connection.execute(select(func.count()).select_from(DeliveryRow).where(there)).scalar_one()
    next_at = func.coalesce(DeliveryRow.lease_until, DeliveryRow.due_at)
    columns = (DeliveryRow.seq, NoticeRow.name, DeliveryRow.audience, func.coalesce(DeliveryRow.error, ""), waits_since, next_at)
    query = select(*columns, DeliveryRow.held, DeliveryRow.state, DeliveryRow.due_at).join(NoticeRow, NoticeRow.id == DeliveryRow.notice_id)
    rows = tx.connection.execute(query.where(there).order_by(DeliveryRow.state, DeliveryRow.seq).limit(limit).offset(offset)).all()
    return count, [_unsent(row) for row in rows]


def _unsent(row: Any) -> Unsent:
    number, notice, audience, error, since, leased, held, state, due_at = row
    next_at = {DeliveryState.DEAD.value: None, DeliveryState.SENDING.value: leased}.get(state, due_at)
    return Unsent(number, notice, audience, error, since, next_at, bool(held))


def oldest_due(tx: Tx, *, now: datetime) -> datetime | None:
    """Return the beginning of the longest wait, except for messages held by the policy."""
    return tx.connection.execute(select(func.min(waits_since)).where(_WAITING, ~DeliveryRow.held, waits_since <= now)).scalar_one()


# --- requeued ---------------------------------------------------------------------------------------------------------


def requeue(tx: Tx, *, now: datetime, number: int | None = None, error: str | None = None) -> list[tuple[int, str, str]]:
    """Retry dead messages, and pending ones at once: one, those of one cause, or all dead ones.

    Messages that may have been posted are still checked for first.

    Returns:
        (number, audience, error) of each.
    """
    if number is not None:
        which = and_(DeliveryRow.seq == number, or_(_DEAD, DeliveryRow.state == DeliveryState.PENDING.value))
    else:
        which = _DEAD if error is None else and_(_DEAD, DeliveryRow.error == error)
    anew = {"state": DeliveryState.PENDING.value, "due_at": now, "since": now, "held": False, "lease_until": None}
    told = {"warned_at": None, "told_at": None}
    changed = update(DeliveryRow).where(which).values(**anew, **told)
    rows = tx.connection.execute(changed.returning(DeliveryRow.seq, DeliveryRow.audience, func.coalesce(DeliveryRow.error, "")))
    return sorted((seq, audience, why) for seq, audience, why in rows)


def exists(tx: Tx, number: int) -> str | None:
    """Return the state of the message with this number; None if there is none."""
    return tx.connection.execute(select(DeliveryRow.state).where(DeliveryRow.seq == number)).scalar_one_or_none()


# --- reported once -----------------------------------------------------------------------------------------------------


def untold(tx: Tx, *, before: datetime, apart: Collection[str]) -> bool:
    """Return True if there are unreported dead or long-pending messages; takes no lock.

    Args:
        apart: notices that are not reported, because they are reports.
    """
    query = select(DeliveryRow.seq).join(NoticeRow, NoticeRow.id == DeliveryRow.notice_id)
    return tx.connection.execute(query.where(_news(before), NoticeRow.name.not_in(list(apart))).limit(1)).one_or_none() is not None


def _news(before: datetime) -> ColumnElement[bool]:
    given_up = and_(_DEAD, DeliveryRow.told_at.is_(None))
    return or_(given_up, and_(_late(before), ~DeliveryRow.held, DeliveryRow.warned_at.is_(None)))


def take_news(tx: Tx, *, now: datetime, before: datetime, again_after: datetime, apart: Collection[str]) -> list[Cause]:
    """Mark unreported messages as reported; return the causes not reported since ``again_after``."""
    query = select(DeliveryRow.seq, DeliveryRow.audience, func.coalesce(DeliveryRow.error, ""), _DEAD)
    query = query.join(NoticeRow, NoticeRow.id == DeliveryRow.notice_id).where(_news(before), NoticeRow.name.not_in(list(apart)))
    groups = Counter(
        (audience, error, bool(dead)) for _seq, audience, error, dead in tx.connection.execute(query.with_for_update(of=DeliveryRow))
    )
    fresh = []
    for audience, error, dead in groups:
        last = _last_told(tx, audience, error, dead)
        if last is None or last < again_after:
            fresh.append((audience, error, dead))
            last = now
        # messages without a new report keep the time of the last one: a later mark would delay the next report for ever
        of_this_cause = (DeliveryRow.audience == audience, func.coalesce(DeliveryRow.error, "") == error, _news(before))
        which = (_DEAD, {"told_at": last}) if dead else (_WAITING, {"warned_at": last})
        tx.connection.execute(update(DeliveryRow).where(which[0], *of_this_cause).values(**which[1]))
    return [Cause(audience, error, groups[audience, error, dead], dead, False) for audience, error, dead in sorted(fresh)]


def _last_told(tx: Tx, audience: str, error: str, dead: bool) -> datetime | None:
    """Return the time of the last report of a cause."""
    mark = DeliveryRow.told_at if dead else DeliveryRow.warned_at
    query = select(func.max(mark)).where(DeliveryRow.audience == audience, func.coalesce(DeliveryRow.error, "") == error)
    return tx.connection.execute(query).scalar_one()
