"""When somebody was last at their Home."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import insert, select, update

from storage.database import Tx
from storage.schema import HomeVisitRow

# coming back sooner than this is the same visit
SITTING = timedelta(hours=1)


def visited(tx: Tx, person: str, *, at: datetime) -> None:
    """Somebody opened their Home; after an hour away it is a new visit, and the one before is remembered."""
    row = HomeVisitRow
    last = tx.connection.execute(select(row.at).where(row.person == person).with_for_update()).scalar_one_or_none()
    if last is None:
        tx.connection.execute(insert(row).values(person=person, at=at, before=None))
    elif at - last > SITTING:
        tx.connection.execute(update(row).where(row.person == person).values(at=at, before=last))
    else:
        tx.connection.execute(update(row).where(row.person == person).values(at=max(at, last)))


def knows_home(tx: Tx, person: str) -> bool:
    """Whether this person has ever opened it."""
    return tx.connection.execute(select(HomeVisitRow.person).where(HomeVisitRow.person == person)).first() is not None


def last_visit(tx: Tx, person: str) -> datetime | None:
    """When the visit before this one ended; None at the first."""
    return tx.connection.execute(select(HomeVisitRow.before).where(HomeVisitRow.person == person)).scalar_one_or_none()
