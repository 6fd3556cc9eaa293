"""Types of blocks that the workspace does not know, as Slack has said; shared by all replicas."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select

from storage.database import Tx
from storage.schema import UnknownBlockRow

# Slack brings new blocks to workspaces step by step: afterwards they are tried again
KEPT = timedelta(days=3)


def remember(tx: Tx, types: Collection[str], *, at: datetime) -> None:
    """Record that Slack does not know these types of blocks."""
    row = UnknownBlockRow
    tx.connection.execute(delete(row).where(row.type.in_(types)))
    tx.connection.execute(insert(row), [{"type": type, "at": at} for type in types])


def standing(tx: Tx, *, now: datetime) -> frozenset[str]:
    """Return the types of blocks that are not to be sent."""
    row = UnknownBlockRow
    return frozenset(tx.connection.execute(select(row.type).where(row.at > now - KEPT)).scalars())
