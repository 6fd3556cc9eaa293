"""The trail as it is asked for: filtered, newest first, with how far it is sealed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select

from storage.audit.about import about_customer, about_things, within_sight
from storage.audit.erased import ERASED, ranges_of
from storage.audit.reading import Entry, entry, linked
from storage.database import Tx
from storage.schema import DisclosureRow, EventRow, SealRow

# kinds that change nothing: somebody looked
LOOKS = ("detail.read", "figures.shown", "answer.exported", "answer.shared")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries; None does not narrow.

    Attributes:
        subjects: things whose events they are.
        customer: whose own entries, and those of their readers, belong to them as well.
        person: who did it, or to whom it was done.
        kind: as ``approval.decided``, or ``approval`` for all that begins so.
        until: nothing later than this, so that pages do not shift while things happen.
    """

    until: datetime
    subjects: Collection[str] | None = None
    customer: str | None = None
    person: str | None = None
    kind: str | None = None
    by: str | None = None
    since: datetime | None = None


def entries(tx: Tx, wanted: Wanted, *, limit: int, offset: int = 0) -> list[Entry]:
    """Entries of the trail, newest first."""
    query = linked().where(*_conditions(tx, wanted)).order_by(EventRow.id.desc()).limit(limit).offset(offset)
    return [entry(row) for row in tx.connection.execute(query)]


def by_ids(tx: Tx, ids: Collection[int]) -> dict[int, Entry]:
    """These events by their numbers, as far as they are within sight."""
    found = (entry(row) for row in tx.connection.execute(linked().where(EventRow.id.in_(ids), *within_sight(tx))))
    return {one.event.id: one for one in found}


def count(tx: Tx, wanted: Wanted) -> int:
    """How many entries there are."""
    return int(tx.connection.execute(select(func.count()).select_from(EventRow).where(*_conditions(tx, wanted))).scalar_one())


def last_change(tx: Tx, wanted: Wanted) -> Entry | None:
    """The newest entry that changed something; None if there are only looks."""
    query = select(EventRow.id).where(*_conditions(tx, wanted), EventRow.kind.not_in(LOOKS)).order_by(EventRow.id.desc()).limit(1)
    found = tx.connection.execute(query).scalar_one_or_none()
    return None if found is None else by_ids(tx, [found]).get(found)


def looks(tx: Tx, wanted: Wanted) -> tuple[int, int]:
    """How many entries say that somebody looked, and how many people that were."""
    query = select(func.count(), func.count(EventRow.actor.distinct())).where(*_conditions(tx, wanted), EventRow.kind.in_(LOOKS))
    found, people = tx.connection.execute(query).one()
    return int(found), int(people)


def sealed_up_to(tx: Tx) -> int | None:
    """The number of the newest link of the chain; None before the first."""
    return tx.connection.execute(select(func.max(SealRow.seq))).scalar_one_or_none()


def kinds_on_record(tx: Tx) -> list[str]:
    """Every kind that some event has."""
    return list(tx.connection.execute(select(EventRow.kind).distinct().order_by(EventRow.kind)).scalars())


def _conditions(tx: Tx, wanted: Wanted) -> list[ColumnElement[bool]]:
    row = EventRow
    found: list[ColumnElement[bool]] = [row.at <= wanted.until, *within_sight(tx)]
    if wanted.subjects is not None:
        found.append(or_(about_things(list(wanted.subjects)), *_of_customer(wanted)))
    if wanted.person is not None:
        found.append(or_(row.actor == wanted.person, row.subject == wanted.person))
    if wanted.kind is not None:
        found.append(or_(row.kind == wanted.kind, row.kind.startswith(f"{wanted.kind}.", autoescape=True)))
    if wanted.by is not None:
        found.append(row.actor == wanted.by)
    if wanted.since is not None:
        found.append(row.at >= wanted.since)
    return found


def _of_customer(wanted: Wanted) -> list[ColumnElement[bool]]:
    """The customer's own entries, and those of their readers."""
    if wanted.customer is None:
        return []
    readers = select(DisclosureRow.event_id).where(DisclosureRow.customer_id == wanted.customer)
    return [about_customer(wanted.customer), EventRow.id.in_(readers)]


@dataclass(frozen=True, slots=True)
class Erased:
    """When what an entry said was erased, and why."""

    at: datetime
    reason: str


def erasures(tx: Tx, found: Collection[Entry]) -> dict[int, Erased]:
    """Of the entries without a payload, the erasure that took it, by the number of the event."""
    gone = [entry.event.id for entry in found if entry.event.facts is None]
    if not gone:
        return {}
    query = select(EventRow.at, EventRow.payload).where(EventRow.kind == ERASED).order_by(EventRow.id)
    told = [(Erased(at, str(facts.get("reason"))), list(ranges_of(facts))) for at, facts in tx.connection.execute(query) if facts]
    return {id: erased for id in gone for erased, runs in told if any(first <= id <= last for first, last in runs)}
