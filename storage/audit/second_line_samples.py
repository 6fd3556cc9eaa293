"""The second line's monthly samples: the population, the drawn entries and their reviews."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from risk_engine.audit.second_line import Finding, Sampled
from storage.database import Conflict, Tx
from storage.rows import insert_once, insert_row, written
from storage.schema import EventRow, SampledRow, SampleRow, SealRow


@dataclass(frozen=True, slots=True)
class SecondLineSample:
    """A month's sample: the number of entries of each kind, and the seed of the draw."""

    month: str
    seed: str
    counts: Mapping[str, int]
    drawn_at: datetime


def population(tx: Tx, kinds: Collection[str], since: datetime, until: datetime) -> list[tuple[int, str]]:
    """Return number and kind of every event of these kinds from one moment to before another."""
    query = select(EventRow.id, EventRow.kind).where(EventRow.kind.in_(list(kinds)), EventRow.at >= since, EventRow.at < until)
    return [(id, kind) for id, kind in tx.connection.execute(query.order_by(EventRow.id))]


def head(tx: Tx, since: datetime, until: datetime) -> str | None:
    """Return the hash (the digest if unsealed) of the last event before a moment; None if it is older than ``since``."""
    query = (
        select(EventRow.at, SealRow.hash, EventRow.digest)
        .outerjoin(SealRow, SealRow.event_id == EventRow.id)
        .where(EventRow.at < until)
        .order_by(EventRow.at.desc(), EventRow.id.desc())
        .limit(1)
    )
    row = tx.connection.execute(query).one_or_none()
    return None if row is None or row[0] < since else str(row[1] or row[2])


def add(tx: Tx, sample: SecondLineSample, drawn: Sequence[Sampled]) -> bool:
    """Store a month's sample; return False if that month has one."""
    row = {"month": sample.month, "seed": sample.seed, "counts": dict(sample.counts), "drawn_at": sample.drawn_at}
    if not insert_once(tx, SampleRow, row):
        return False
    for one in drawn:
        insert_row(tx, SampledRow, {"month": one.month, "place": one.place, "key": one.key, "event_id": one.event})
    return True


def get(tx: Tx, month: str) -> SecondLineSample | None:
    query = select(SampleRow.month, SampleRow.seed, SampleRow.counts, SampleRow.drawn_at).where(SampleRow.month == month)
    row = tx.connection.execute(query).one_or_none()
    return None if row is None else SecondLineSample(*row)


def months(tx: Tx) -> list[str]:
    """Return the months that have a sample, newest first."""
    return list(tx.connection.execute(select(SampleRow.month).order_by(SampleRow.month.desc())).scalars())


def drawn(tx: Tx, month: str) -> list[Sampled]:
    """Return the entries of a month's sample, in order."""
    return [_sampled(row) for row in tx.connection.execute(_columns().where(SampledRow.month == month).order_by(SampledRow.place))]


def by_key(tx: Tx, key: str) -> Sampled | None:
    """Return the entry whose buttons carry this key."""
    row = tx.connection.execute(_columns().where(SampledRow.key == key)).one_or_none()
    return None if row is None else _sampled(row)


def save(tx: Tx, reviewed: Sampled) -> None:
    """Record the review of an entry, once.

    Raises:
        Conflict: somebody else was faster.
    """
    verdict = reviewed.verdict.value if reviewed.verdict else None
    values = {"verdict": verdict, "finding": reviewed.finding, "reviewed_by": reviewed.reviewed_by, "reviewed_at": reviewed.reviewed_at}
    waiting = (SampledRow.key == reviewed.key, SampledRow.verdict.is_(None))
    if tx.connection.execute(update(SampledRow).where(*waiting).values(**values)).rowcount != 1:
        raise Conflict(f"entry {reviewed.place} of {reviewed.month} was reviewed meanwhile")
    written(tx, SampledRow, reviewed.month, reviewed.place)


def _columns() -> Any:
    row = SampledRow
    columns: tuple[Any, ...] = (row.month, row.place, row.key, row.event_id, row.verdict, row.finding, row.reviewed_by, row.reviewed_at)
    return select(*columns)


def _sampled(row: Any) -> Sampled:
    month, place, key, event, verdict, *rest = row
    return Sampled(month, place, key, event, Finding(verdict) if verdict else None, *rest)
