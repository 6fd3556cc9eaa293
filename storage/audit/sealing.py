"""Sealing of committed events: each once, by number, with any number of processes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import func, select, text

from storage.audit import rows
from storage.audit.chain import PLAIN, Key, sealed
from storage.database import Database, Tx
from storage.schema import EventRow
from storage.sight import EVERYTHING

# sealers queue on PostgreSQL, as they do for SQLite's write lock
LOCK = 7_236_118_458
# the number of links made while the lock is held
BATCH = 5_000

# the oldest transaction invisible to this one, and the next to begin; a server numbers the transactions of all its databases
# together, but one of another database cannot bring an event into this one
RUNNING = text("""
    SELECT coalesce(min(running.id::text::bigint), pg_snapshot_xmax(pg_current_snapshot())::text::bigint),
           pg_snapshot_xmax(pg_current_snapshot())::text::bigint
    FROM pg_snapshot_xip(pg_current_snapshot()) AS running(id)
    WHERE NOT EXISTS (
        SELECT FROM pg_stat_activity AS elsewhere
        WHERE elsewhere.backend_xid = running.id::xid AND elsewhere.datname <> current_database()
    )
""")


class KeyIsMissing(Exception):
    """The chain is sealed with a key, and this process has none: continuing with a plain hash would hide a forgery."""


@dataclass(slots=True)
class Floor:
    """The number up to which every event is sealed and none can still appear; kept in memory to avoid scanning the table.

    On PostgreSQL an event may be committed after one with a higher number. The highest number of an earlier look becomes the floor
    once every transaction open at that time has ended.
    """

    id: int = 0
    _highest: int = 0
    _waiting: deque[tuple[int, int]] = field(default_factory=deque)

    def rise(self, tx: Tx) -> None:
        """Raise the floor, given that nothing above it is unsealed in this transaction's view."""
        highest = tx.connection.execute(select(func.max(EventRow.id))).scalar_one() or 0
        if tx.dialect == "sqlite":
            # writers hold the lock, so numbers are committed in order
            self.id = highest
            return
        oldest, next_one = tx.connection.execute(RUNNING).one()
        while self._waiting and self._waiting[0][0] <= oldest:
            self.id = self._waiting.popleft()[1]
        if self._highest > max([self.id, *(id for _end, id in self._waiting)]):
            # one look later, because a number is drawn just before its transaction is counted
            self._waiting.append((next_one, self._highest))
        self._highest = highest


def queue(tx: Tx) -> None:
    """Wait until no other process is sealing; on SQLite a writer is alone anyway."""
    if tx.dialect == "postgresql":
        tx.connection.execute(select(func.pg_advisory_xact_lock(LOCK)))


def seal(tx: Tx, key: Key, *, above: int = 0, limit: int = BATCH) -> int:
    """Continue the chain over the next committed, unsealed events; return their number.

    Raises:
        KeyIsMissing: the chain is sealed with a key, and there is none.
    """
    queue(tx)
    head = rows.head(tx)
    if key.id == PLAIN != head.key_id:
        raise KeyIsMissing
    made = [link[:4] for link in sealed(rows.unsealed(tx, above=above, limit=limit), head, key)]
    if made:
        place = "?" if tx.dialect == "sqlite" else "%s"
        tx.connection.exec_driver_sql(f"INSERT INTO seal (seq, event_id, key_id, hash) VALUES ({', '.join([place] * 4)})", made)
    return len(made)


def seal_rest(tx: Tx, key: Key) -> int:
    """Seal all remaining events in this one transaction; return their number."""
    done = 0
    while more := seal(tx, key):
        done += more
    return done


def seal_all(database: Database, key: Key, floor: Floor | None = None, *, guard: Callable[[Tx], None]) -> int:
    """Seal until nothing is left; the write lock is taken only if there is something to seal.

    Args:
        guard: called first in each transaction; it raises if the trail must not be continued.

    Raises:
        KeyIsMissing: the chain is sealed with a key, and there is none.
        Busy: the lock was not available; earlier seals stay.
    """
    floor, done = floor or Floor(), 0
    while True:
        with database.begin(EVERYTHING) as tx:
            guard(tx)
            if not rows.unsealed(tx, above=floor.id, limit=1):
                floor.rise(tx)
                return done
        with database.begin(EVERYTHING, write=True) as tx:
            queue(tx)
            guard(tx)
            done += seal(tx, key, above=floor.id)
