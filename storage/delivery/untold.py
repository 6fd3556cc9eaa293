"""Events of which nothing was decided yet: nobody was told of them, and no reason against it is on record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import exists, func, select

from risk_engine.events import Event, kinds
from storage.database import Tx
from storage.events import Recorded, recorded
from storage.schema import EventRow, NoticeRow

# of several processes one tells at a time
_LOCK = 7_236_118_458
# what was left untold for longer is no news
_NEWS = timedelta(days=2)


def events(tx: Tx, of: Sequence[type[Event]], *, limit: int | None = None) -> list[Recorded]:
    """Return the undecided events of these kinds of the last days, the oldest first; a writer keeps others from finding the same."""
    if tx.writes and tx.dialect == "postgresql":
        tx.connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    row = EventRow
    newest = tx.connection.execute(select(row.at).order_by(row.id.desc()).limit(1)).scalar_one_or_none()
    if newest is None:
        return []
    undecided = ~exists().where(NoticeRow.event_id == row.id)
    query = select(row.id, row.kind, row.subject, row.actor, row.at, row.payload)
    query = query.where(row.at >= newest - _NEWS, row.kind.in_(kinds(*of)), undecided).order_by(row.id).limit(limit)
    return [recorded(found) for found in tx.connection.execute(query)]
