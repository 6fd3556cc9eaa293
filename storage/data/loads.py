"""The newest imports, with the people who made them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from risk_engine.facts.events import ImportLoaded
from storage import events
from storage.database import Tx
from storage.schema import ImportRow


@dataclass(frozen=True, slots=True)
class Load:
    """An import: its file, and the Slack id or the user name of its person; None before that was recorded."""

    kind: str
    file: str
    at: datetime
    by: str | None


def latest(tx: Tx, *, limit: int) -> list[Load]:
    """Return the newest imports that changed something, the newest first."""
    query = select(ImportRow.id, ImportRow.kind, ImportRow.file, ImportRow.at).order_by(ImportRow.id.desc()).limit(limit)
    found = tx.connection.execute(query).all()
    recorded = {id: events.last_of(tx, f"import {id}", ImportLoaded) for id, *_rest in found}
    return [Load(kind, file, at, event.actor if (event := recorded[id]) else None) for id, kind, file, at in found]
