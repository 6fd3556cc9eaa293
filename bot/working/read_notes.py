"""Trail entries about answers: written at once if the lock is available, else later by a thread of its own."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from commands.delivery import reads
from risk_engine.events import Event
from risk_engine.policy.policy import Policy
from storage.database import Busy, Database
from storage.delivery import answers
from storage.delivery.answers import Answer
from storage.sight import EVERYTHING

log = logging.getLogger(__name__)

# seconds that the first try waits for the lock
PATIENCE = 0.3
# so long a worker waits for the entry of its own answer
SETTLING_SECONDS = 1.0
# so many entries are written in one transaction
AT_ONCE = 100
# the first pause between two tries, and the longest
SOON, SELDOM = 0.05, 5.0
CLOSING_SECONDS = 20.0


@dataclass(frozen=True, slots=True, eq=False)
class _Note:
    answers: Sequence[Answer]
    events: Sequence[Event]
    policy: Policy
    tried: threading.Event = field(default_factory=threading.Event)


class Notes:
    """Entries that could not be written with their answer; none is lost while the process lives."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._notes: deque[_Note] = deque()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._late = self._stopping = False

    def keep(self, kept: Sequence[Answer], noted: Sequence[Event], policy: Policy) -> None:
        """Write an answer's buttons and trail entries as soon as the lock is free; return at once."""
        if not (kept or noted):
            return
        note = _Note(list(kept), list(noted), policy)
        with self._changed:
            if self._stopping and not (self._thread and self._thread.is_alive()):
                self._lose(note)
                return
            if self._late:
                note.tried.set()
            self._notes.append(note)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="notes", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def settle(self) -> None:
        """Wait until everything handed over is written or has met a held lock, so that a flood of questions builds no queue."""
        with self._changed:
            newest = self._notes[-1] if self._notes else None
        if newest is not None:
            # not for ever: a database that does not answer must not take all workers
            newest.tried.wait(SETTLING_SECONDS)

    def written(self, key: str, *, patience: float) -> bool:
        """Return True if nothing of the answer behind a button is pending; wait some seconds for that."""
        with self._changed:
            return self._changed.wait_for(lambda: not any(one.key == key for note in self._notes for one in note.answers), patience)

    def close(self) -> None:
        """Write waiting entries within the time for stopping; log the remaining ones."""
        with self._changed:
            self._stopping, thread = True, self._thread
            self._changed.notify_all()
        if thread is not None:
            thread.join(CLOSING_SECONDS)
        with self._changed:
            for note in self._notes:
                self._lose(note)
            self._notes.clear()

    def _work(self) -> None:
        pause, alone = SOON, False
        while batch := self._next(alone):
            faulty = False
            try:
                self._write(batch)
                written = True
            except Busy:
                log.info("an entry of the trail waits for the lock")
                written = False
            except Exception:  # a full disk will be cleared some day: the entry waits for it
                log.exception("an entry of the trail could not be written")
                written, faulty = False, True
            # a failed entry is tried alone, so that it holds up no other
            alone = faulty
            self._tried(batch, written=written)
            if written:
                pause = SOON
                continue
            if faulty and len(batch) == 1:
                self._put_behind()
            time.sleep(SOON if self._stopping else pause)
            pause = min(2 * pause, SELDOM)

    def _next(self, alone: bool) -> list[_Note]:
        """Return the first pending notes, or one alone; an empty list if none is left and the process stops."""
        with self._changed:
            self._changed.wait_for(lambda: self._notes or self._stopping)
            return list(islice(self._notes, 1 if alone else AT_ONCE))

    def _put_behind(self) -> None:
        """Try the first note again after all others, or give it up when the process stops."""
        with self._changed:
            if self._stopping:
                self._lose(self._notes.popleft())
            else:
                self._notes.rotate(-1)

    def _write(self, batch: Sequence[_Note]) -> None:
        with self._database.begin(EVERYTHING, write=True, patience=None if self._late else PATIENCE) as tx:
            for note in batch:
                for answer in note.answers:
                    answers.keep(tx, answer)
                reads.keep(note.events, note.policy, tx)

    def _tried(self, batch: Sequence[_Note], *, written: bool) -> None:
        with self._changed:
            self._late = not written
            for note in batch if written else self._notes:
                note.tried.set()
            for _note in batch if written else ():
                self._notes.popleft()
            self._changed.notify_all()

    @staticmethod
    def _lose(note: _Note) -> None:
        for event in note.events:
            log.error("an entry of the trail was lost", extra={"kind": event.kind, "user": event.actor, "about": event.subject})
