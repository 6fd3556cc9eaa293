"""Extracts of the trail for examiners: events with their seals, readable in a spreadsheet, verifiable without the database."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import ColumnElement, func, select

from risk_engine.references import ours
from storage.audit import rows
from storage.audit.about import about_customer, about_things
from storage.audit.anchoring.anchors import Anchor, BadAnchor
from storage.audit.anchoring.known import Identity
from storage.audit.chain import GENESIS, Fact, Head, Link
from storage.database import Tx
from storage.schema import EventRow, SealRow

COLUMNS = (
    *("seq", "at", "kind", "subject", "actor", "payload", "erased", "request_key", "policy_version"),
    *("event_id", "digest", "salt", "key_id", "previous_hash", "hash"),
)
PRODUCT = "Riskbot audit trail"
_CHUNK = 5_000


class NoExtract(Exception):
    """The file was not written by an export; the text gives the reason."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The events of an extract: by subject, customer, from a moment on, before a moment; None is no filter.

    A subject that looks like an id means that thing; ``customer`` always means a customer.
    """

    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    customer: str | None = None

    @property
    def everything(self) -> bool:
        return self == Wanted()

    def conditions(self) -> list[ColumnElement[bool]]:
        row = EventRow
        return [
            *([about_things([self.subject]) if ours(self.subject) else row.subject == self.subject] if self.subject else []),
            *([about_customer(self.customer)] if self.customer else []),
            *([row.at >= self.since] if self.since else []),
            *([row.at < self.until] if self.until else []),
        ]

    def told(self) -> Mapping[str, str]:
        """Return the filters as JSON values, without the unused ones."""
        said = {"subject": self.subject, "customer": self.customer, "since": self.since, "until": self.until}
        return {name: value if isinstance(value, str) else value.isoformat() for name, value in said.items() if value is not None}


def count(tx: Tx, wanted: Wanted) -> int:
    """Return the number of events in the extract."""
    return int(tx.connection.execute(select(func.count()).select_from(EventRow).where(*wanted.conditions())).scalar_one())


def entries(tx: Tx, wanted: Wanted) -> Iterator[Sequence[Link]]:
    """Yield the events by number, in portions; an unsealed one has an empty seal (seq 0)."""
    before, seal = SealRow.__table__.alias("before"), SealRow
    query = select(seal.seq, seal.key_id, seal.hash, before.c.hash, *rows.columns(tx)).select_from(EventRow)
    query = query.outerjoin(seal, seal.event_id == EventRow.id).outerjoin(before, before.c.seq == seal.seq - 1)
    query = query.where(*wanted.conditions()).order_by(EventRow.id).limit(_CHUNK)
    last = -1
    while found := tx.connection.execute(query.where(EventRow.id > last)).all():
        yield [_link(*row) for row in found]
        last = found[-1][4]


def _link(seq: int | None, key_id: str | None, hash: str | None, previous: str | None, *fact: Any) -> Link:
    return Link(seq or 0, fact[0], key_id or "", hash or "", Fact(*fact), previous or GENESIS)


# --- as a table -----------------------------------------------------------------------------------------------------------


def cells(link: Link) -> tuple[Any, ...]:
    """Return a row of the table, in the order of ``COLUMNS``."""
    fact = link.fact
    assert fact is not None, "an extract is made of events"
    return (
        *(link.seq or None, fact.at, fact.kind, fact.subject, fact.actor, fact.payload, fact.payload is None),
        *(fact.request_key, fact.policy_version, fact.id, fact.digest, fact.salt or None),
        *(link.key_id or None, link.previous or None, link.hash or None),
    )


# --- as JSON --------------------------------------------------------------------------------------------------------------


def write(out: IO[bytes], portions: Iterator[Sequence[Link]], *, wanted: Wanted, head: Head, whose: Identity, at: datetime) -> None:
    """Write one JSON object with one entry per line, which can be read while it grows."""
    made = {"product": PRODUCT, "format": 1, "exported_at": at.isoformat(), "database": whose.database, "bound_after": whose.bound_after}
    about = {**made, "only": wanted.told(), "count": head.count, "head": head.hash}
    out.write(json.dumps(about, ensure_ascii=False, indent=1)[:-2].encode() + b',\n "entries": [\n')
    between = b""
    for portion in portions:
        for link in portion:
            out.write(between + json.dumps(_entry(link), ensure_ascii=False).encode("utf-8", "surrogatepass"))
            between = b",\n"
    out.write(b"\n]}\n")


def _entry(link: Link) -> dict[str, Any]:
    assert link.fact is not None, "an extract is made of events"
    return {"seq": link.seq or None, "key_id": link.key_id, "previous": link.previous, "hash": link.hash, **link.fact._asdict()}


@dataclass(frozen=True, slots=True)
class Extract:
    """An export that was read back.

    Attributes:
        whole: whether the export claims to be complete.
        head: the end of the chain at the time of the export; None if it was empty.
        whose: the identity of the trail; None in old exports.
        unsealed: entries that were not sealed yet.
    """

    links: Sequence[Link]
    whole: bool
    head: Anchor | None
    unsealed: Sequence[Fact]
    whose: Identity | None = None


def read(path: Path) -> Extract:
    """Read an export back.

    Raises:
        NoExtract: the file is not an export.
    """
    try:
        told = json.loads(path.read_bytes().decode("utf-8", "surrogatepass"))
    except OSError as error:
        raise NoExtract(error.strerror or str(error)) from error
    except (ValueError, RecursionError) as error:
        raise NoExtract("not JSON, or nested too deeply") from error
    try:
        if told["product"] != PRODUCT or told["format"] != 1:
            raise NoExtract(f"made by another product or version: {told['product']} {told['format']}")
        links = [_read(entry) for entry in told["entries"]]
        head = Anchor.parse(f"{told['count']}:{told['head']}") if told["count"] else None
        sealed = sorted((link for link in links if link.seq), key=lambda link: link.seq)
        # older exports lack it
        whose = Identity(str(told["database"]), int(told["bound_after"])) if told.get("database") else None
        return Extract(sealed, not told["only"], head, [link.fact for link in links if not link.seq and link.fact], whose)
    except (KeyError, TypeError, ValueError, BadAnchor) as error:
        raise NoExtract(f"an entry is not as an export writes it ({type(error).__name__}: {error})") from error


def _read(entry: Mapping[str, Any]) -> Link:
    fact = Fact(**{name: entry[name] for name in Fact._fields})
    return Link(entry["seq"] or 0, fact.id, entry["key_id"], entry["hash"], fact, entry["previous"])
