"""Visits to Home."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import insert, select, update

from storage.database import Tx
from storage.schema import HomeVisitRow

# returning sooner than this continues the visit
SITTING = timedelta(hours=1)


def visited(tx: Tx, person: str, *, at: datetime) -> None:
    """Record a visit to Home; after an hour away it is a new visit, and the previous one is kept."""
    row = HomeVisitRow
    last = tx.connection.execute(select(row.at).where(row.person == person).with_for_update()).scalar_one_or_none()
    if last is None:
        tx.connection.execute(insert(row).values(person=person, at=at, before=None))
    elif at - last > SITTING:
        tx.connection.execute(update(row).where(row.person == person).values(at=at, before=last))
    else:
        tx.connection.execute(update(row).where(row.person == person).values(at=max(at, last)))


def knows_home(tx: Tx, person: str) -> bool:
    """Return True if this person has ever opened Home."""
    return tx.connection.execute(select(HomeVisitRow.person).where(HomeVisitRow.person == person)).first() is not None


def last_visit(tx: Tx, person: str) -> datetime | None:
    """Return the end of the previous visit; None at the first."""
    return tx.connection.execute(select(HomeVisitRow.before).where(HomeVisitRow.person == person)).scalar_one_or_none()
