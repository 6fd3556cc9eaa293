"""Events of a test's database, as the trail has them."""

from __future__ import annotations

from sqlalchemy import select

from risk_engine.events import Event
from storage.database import Tx
from storage.events import Recorded, recorded
from storage.schema import EventRow


def happened(tx: Tx, kind: type[Event]) -> list[Recorded]:
    """Return the events of a kind, the newest first."""
    columns = (EventRow.id, EventRow.kind, EventRow.subject, EventRow.actor, EventRow.at, EventRow.payload)
    query = select(*columns).where(EventRow.kind == kind.kind).order_by(EventRow.id.desc())
    return [recorded(row) for row in tx.connection.execute(query)]
