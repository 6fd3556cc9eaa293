"""Queries of the trail: filtered, newest first, with the extent of sealing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select

from risk_engine.audit.events import AnswerExported, AnswerShared, DetailRead, FiguresShown
from risk_engine.events import kinds
from storage.audit.about import about_customer, about_things, within_sight
from storage.audit.erased import TrailErased, ranges_of
from storage.audit.history import Entry, entry, linked
from storage.database import Tx
from storage.schema import DisclosureRow, EventRow, SealRow

# kinds that change nothing: looks
LOOKS = kinds(DetailRead, FiguresShown, AnswerExported, AnswerShared)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters for entries; None does not filter.

    Attributes:
        subjects: the subjects of the entries.
        customer: a customer whose own entries, and those of its readers, are included.
        person: the person who acted, or who was affected.
        kind: a kind such as ``approval.decided``, or a prefix such as ``approval``.
        until: the latest time, so that pages do not shift while new events are recorded.
    """

    until: datetime
    subjects: Collection[str] | None = None
    customer: str | None = None
    person: str | None = None
    kind: str | None = None
    by: str | None = None
    since: datetime | None = None


def entries(tx: Tx, wanted: Wanted, *, limit: int, offset: int = 0) -> list[Entry]:
    """Return entries of the trail, newest first."""
    query = linked().where(*_conditions(tx, wanted)).order_by(EventRow.id.desc()).limit(limit).offset(offset)
    return [entry(row) for row in tx.connection.execute(query)]


def by_ids(tx: Tx, ids: Collection[int]) -> dict[int, Entry]:
    """Return the visible ones of these events, by number."""
    found = (entry(row) for row in tx.connection.execute(linked().where(EventRow.id.in_(ids), *within_sight(tx))))
    return {one.event.id: one for one in found}


def count(tx: Tx, wanted: Wanted) -> int:
    """Return the number of entries."""
    return int(tx.connection.execute(select(func.count()).select_from(EventRow).where(*_conditions(tx, wanted))).scalar_one())


def last_change(tx: Tx, wanted: Wanted) -> Entry | None:
    """Return the newest entry that changed something; None if there are only looks."""
    query = select(EventRow.id).where(*_conditions(tx, wanted), EventRow.kind.not_in(LOOKS)).order_by(EventRow.id.desc()).limit(1)
    found = tx.connection.execute(query).scalar_one_or_none()
    return None if found is None else by_ids(tx, [found]).get(found)


def looks(tx: Tx, wanted: Wanted) -> tuple[int, int]:
    """Return the number of entries that record looks, and the number of people."""
    query = select(func.count(), func.count(EventRow.actor.distinct())).where(*_conditions(tx, wanted), EventRow.kind.in_(LOOKS))
    found, people = tx.connection.execute(query).one()
    return int(found), int(people)


def sealed_up_to(tx: Tx) -> int | None:
    """Return the number of the newest link of the chain; None before the first."""
    return tx.connection.execute(select(func.max(SealRow.seq))).scalar_one_or_none()


def kinds_on_record(tx: Tx) -> list[str]:
    """Return every kind of event on record."""
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
    """Return the conditions for the customer's own entries, and those of its readers."""
    if wanted.customer is None:
        return []
    readers = select(DisclosureRow.event_id).where(DisclosureRow.customer_id == wanted.customer)
    return [about_customer(wanted.customer), EventRow.id.in_(readers)]


@dataclass(frozen=True, slots=True)
class Erased:
    """The time and reason of an erasure."""

    at: datetime
    reason: str


def erasures(tx: Tx, found: Collection[Entry]) -> dict[int, Erased]:
    """Return the erasure of each entry without a payload, by the number of the event."""
    gone = [entry.event.id for entry in found if entry.event.facts is None]
    if not gone:
        return {}
    query = select(EventRow.at, EventRow.payload).where(EventRow.kind == TrailErased.kind).order_by(EventRow.id)
    told = [(Erased(at, str(facts.get("reason"))), list(ranges_of(facts))) for at, facts in tx.connection.execute(query) if facts]
    return {id: erased for id in gone for erased, runs in told if any(first <= id <= last for first, last in runs)}
