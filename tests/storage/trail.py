"""A trail to be at: how it is written, sealed, and changed by somebody who has taken the triggers down."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from storage import events
from storage.audit import rows, sealing
from storage.audit.anchoring import anchors
from storage.audit.chain import Key
from storage.audit.erased import TrailErased
from storage.audit.findings import Verified
from storage.audit.verifying import Verifier
from storage.database import Database, Tx
from storage.sight import EVERYTHING
from tests.conftest import MONDAY
from tests.raw_events import RawEvent

KEY, OTHER, PLAIN = Key.of("a key that nobody guesses, for tests"), Key.of("somebody else's key, for tests too"), Key.of(None)


def sealing_on(_tx: Tx) -> None:
    """Seal on, as no head outside of the database is kept."""


def write(tx: Tx, count: int, *, first: int = 1) -> None:
    """So many events about as many risks."""
    for n in range(first, first + count):
        facts = {"customer": f"C{n % 3}", "title": f"Ölpreis {n}", "n": n}
        events.record(tx, RawEvent("risk.logged", f"R-{n}", "U0ANA", MONDAY + timedelta(minutes=n), facts), request_key=f"key {n}")


def sealed(database: Database, count: int, key: Key = KEY) -> None:
    """The same, and sealed."""
    with database.begin(EVERYTHING, write=True) as tx:
        write(tx, count)
    sealing.seal_all(database, key, guard=sealing_on)


def verify(tx: Tx, *keys: Key, places: Collection[int] = ()) -> Verified:
    """The chain as it is now."""
    known = {key.id: key for key in keys or (KEY,)}
    verifier = Verifier(known, places, anchors.whose(tx, known))
    verifier.take(rows.links(tx))
    return verifier.result(rows.unsealed(tx, kind=TrailErased.kind))


def found(database: Database, *keys: Key, places: Collection[int] = ()) -> Verified:
    """The same, in a transaction of its own."""
    with database.begin(EVERYTHING) as tx:
        return verify(tx, *keys, places=places)


def unguarded(tx: Tx) -> Tx:
    """Take the triggers down, as whoever may write to the database can."""
    for table in ("event", "seal"):
        if tx.dialect == "postgresql":
            tx.connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        else:
            for change in ("update", "delete"):
                tx.connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_keep_{change}")
    return tx


def run(tx: Tx, statement: str, **values: Any) -> None:
    tx.connection.execute(sa.text(statement), values)
