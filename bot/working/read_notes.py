"""What the trail must have of answers: at once where the lock is to be had, else as soon as it is, by a thread of its own."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from commands.delivery import reads
from risk_engine.events import Event
from risk_engine.policy.policy import Policy
from storage.database import Busy, Database
from storage.sight import EVERYTHING

log = logging.getLogger(__name__)

# the first try again, and the longest pause between two
SOON, SELDOM = 0.05, 5.0
CLOSING_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class _Note:
    events: list[Event]
    policy: Policy


class Notes:
    """Entries that could not be written beside their answer; none is lost while the process lives."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queue: queue.SimpleQueue[_Note | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def later(self, events: Sequence[Event], policy: Policy) -> None:
        """Write these as soon as the lock is free."""
        if not events:
            return
        self._queue.put(_Note(list(events), policy))
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="notes", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Write what waits, for as long as a stop may take; what is left is said in the log, entry by entry."""
        self._stopping.set()
        self._queue.put(None)
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join(CLOSING_SECONDS)
        while not self._queue.empty():
            self._lose(self._queue.get())

    def _work(self) -> None:
        while (note := self._queue.get()) is not None:
            self._write(note)

    def _write(self, note: _Note) -> None:
        pause = SOON
        while True:
            try:
                with self._database.begin(EVERYTHING, write=True) as tx:
                    reads.keep(note.events, note.policy, tx)
                return
            except Busy:
                log.info("an entry of the trail waits for the lock")
            except Exception:  # a full disk is emptied one day: the entry waits for it
                log.exception("an entry of the trail could not be written")
                if self._stopping.is_set():
                    self._lose(note)
                    return
            time.sleep(SOON if self._stopping.is_set() else pause)
            pause = min(2 * pause, SELDOM)

    @staticmethod
    def _lose(note: _Note | None) -> None:
        for event in note.events if note else ():
            log.error("an entry of the trail was lost", extra={"kind": event.kind, "user": event.actor, "about": event.subject})
