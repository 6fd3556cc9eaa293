"""Events and seals exactly as stored: nothing is parsed, so that every changed byte is noticed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ColumnElement, Text, exists, func, select, type_coerce

from storage.audit.chain import GENESIS, PLAIN, Fact, Head, Link
from storage.database import Tx
from storage.schema import EventRow, SealRow

CHUNK = 10_000


def head(tx: Tx) -> Head:
    """Return the end of the chain; an empty head for an empty chain."""
    row = SealRow
    found = tx.connection.execute(select(row.seq, row.hash, row.key_id).order_by(row.seq.desc()).limit(1)).one_or_none()
    return Head(0, GENESIS, PLAIN) if found is None else Head(*found)


def count(tx: Tx) -> int:
    """Return the number of seals."""
    return int(tx.connection.execute(select(func.count()).select_from(SealRow)).scalar_one())


def links(tx: Tx, *, after: int | None = None) -> Iterator[Link]:
    """Yield the chain in order as it is stored: all of it, or the part after a link."""
    seal = SealRow
    query = select(seal.seq, seal.event_id, seal.key_id, seal.hash, *columns(tx)).outerjoin(EventRow, EventRow.id == seal.event_id)
    query = query.order_by(seal.seq).limit(CHUNK)
    last = after
    with broken_text(tx):
        while rows := tx.connection.execute(query if last is None else query.where(seal.seq > last)).all():
            for seq, event_id, key_id, hash, *fact in rows:
                yield Link(seq, event_id, key_id, hash, None if fact[0] is None else Fact(*fact))
            last = rows[-1][0]


def unsealed(tx: Tx, *, above: int = 0, limit: int | None = None, kind: str | None = None) -> list[Fact]:
    """Return the unsealed events with a higher number than ``above``, by number."""
    query = select(*columns(tx)).where(EventRow.id > above, _without_a_seal()).order_by(EventRow.id).limit(limit)
    rows = tx.connection.execute(query if kind is None else query.where(EventRow.kind == kind))
    return [Fact(*row) for row in rows]


def count_unsealed(tx: Tx) -> int:
    """Return the number of unsealed events."""
    return int(tx.connection.execute(select(func.count()).select_from(EventRow).where(_without_a_seal())).scalar_one())


def columns(tx: Tx) -> list[Any]:
    """Return the columns of a :class:`Fact`, in the database's dialect."""
    row = EventRow
    # one spelling of a time on both databases: the one that SQLite stores
    moment = (
        type_coerce(row.at, Text) if tx.dialect == "sqlite" else func.to_char(func.timezone("UTC", row.at), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    )
    return [
        *(row.id, row.kind, row.subject, row.actor, moment, row.request_key, row.policy_version),
        *(row.digest, row.salt, type_coerce(row.payload, Text)),
    ]


def _without_a_seal() -> ColumnElement[bool]:
    return ~exists().where(SealRow.event_id == EventRow.id)


@contextmanager
def broken_text(tx: Tx) -> Iterator[None]:
    """Decode text that is not UTF-8, because of tampering, as something that matches nothing."""
    if tx.dialect != "sqlite":
        yield
        return
    driver: Any = tx.connection.connection.driver_connection
    driver.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        driver.text_factory = str
