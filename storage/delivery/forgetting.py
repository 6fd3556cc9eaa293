"""Obsolete records of messages: notices with their deliveries."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select

from storage.database import Tx
from storage.delivery.deletions import POSTS
from storage.delivery.deliveries import UNSENT
from storage.schema import DeliveryRow, NoticeRow


def outdated(tx: Tx, *, before: datetime, limit: int) -> list[int]:
    """Return the oldest notices from before a moment that can be forgotten; takes no lock.

    A message on its way and one that is still in Slack keep their records: it is sent, updated and deleted by them.
    """
    query = select(NoticeRow.id).where(NoticeRow.at < before, ~_needed()).order_by(NoticeRow.id).limit(limit)
    return list(tx.connection.execute(query).scalars())


def _needed() -> ColumnElement[bool]:
    in_slack = and_(DeliveryRow.ts.is_not(None), DeliveryRow.deleted_at.is_(None), DeliveryRow.operation.in_(POSTS))
    return exists().where(DeliveryRow.notice_id == NoticeRow.id, or_(DeliveryRow.state.in_(UNSENT), in_slack))


def forget(tx: Tx, notices: Collection[int]) -> int:
    """Delete notices with their deliveries, unless they are needed again; return the number of notices."""
    query = select(NoticeRow.id).where(NoticeRow.id.in_(list(notices)), ~_needed())
    ids = list(tx.connection.execute(query).scalars())
    tx.connection.execute(delete(DeliveryRow).where(DeliveryRow.notice_id.in_(ids)))
    return tx.connection.execute(delete(NoticeRow).where(NoticeRow.id.in_(ids))).rowcount
