"""Seal what is committed: each event once, in the order of their numbers, whoever else is sealing."""

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

# sealers queue behind each other on PostgreSQL, as they do behind SQLite's write lock
LOCK = 7_236_118_458
# so many links are made while the lock is held
BATCH = 5_000

# the oldest transaction that this one does not see yet, and the next to begin. A server numbers the transactions of all its databases
# together, and one that is open in another database brings no event into this one
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
    """The chain is sealed with a key, and this process has none: to go on with a plain hash would hide a forger's."""


@dataclass(slots=True)
class Floor:
    """Up to here every event is sealed, and none can appear any more; kept in memory, so that a look does not go through the table.

    On PostgreSQL an event may be committed after one with a higher number. The number that was highest at an earlier look becomes
    the floor once every transaction has ended that had begun by then.
    """

    id: int = 0
    _highest: int = 0
    _waiting: deque[tuple[int, int]] = field(default_factory=deque)

    def rise(self, tx: Tx) -> None:
        """Nothing above the floor is unsealed in this transaction's view."""
        highest = tx.connection.execute(select(func.max(EventRow.id))).scalar_one() or 0
        if tx.dialect == "sqlite":
            # who writes has the lock: numbers are committed in their order
            self.id = highest
            return
        oldest, next_one = tx.connection.execute(RUNNING).one()
        while self._waiting and self._waiting[0][0] <= oldest:
            self.id = self._waiting.popleft()[1]
        if self._highest > max([self.id, *(id for _end, id in self._waiting)]):
            # one look late, because a number is drawn a moment before its transaction is counted
            self._waiting.append((next_one, self._highest))
        self._highest = highest


def queue(tx: Tx) -> None:
    """Wait until no other process is at the end of the trail; on SQLite whoever writes is alone anyway."""
    if tx.dialect == "postgresql":
        tx.connection.execute(select(func.pg_advisory_xact_lock(LOCK)))


def seal(tx: Tx, key: Key, *, above: int = 0, limit: int = BATCH) -> int:
    """Go on with the chain over the next events that are committed and not sealed; returns how many.

    Raises:
        KeyIsMissing: the chain goes on with a key, and there is none.
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
    """Seal everything that is left, in this one transaction; returns how many."""
    done = 0
    while more := seal(tx, key):
        done += more
    return done


def seal_all(database: Database, key: Key, floor: Floor | None = None, *, guard: Callable[[Tx], None]) -> int:
    """Seal until nothing is left; the write lock is taken only if there is something to do.

    Args:
        guard: asked in each transaction before anything else, and raises where the trail is not to be gone on with.

    Raises:
        KeyIsMissing: the chain goes on with a key, and there is none.
        Busy: the lock was not to be had; what was sealed before stays.
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
