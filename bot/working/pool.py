"""A bounded pool of workers: excess work is refused at once, and forms have priority."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

log = logging.getLogger(__name__)
URGENT, USUAL, STOP = 0, 1, 2


@dataclass(frozen=True, slots=True)
class _Work:
    """A piece of work, and the kind of place that it takes."""

    run: Callable[[], None]
    place: int


class Pool:
    """Threads that carry out work.

    Args:
        workers: the number of threads.
        waiting: the number of waiting pieces; more are refused.
        spare: further places for urgent work only, so that refusals can still be sent.
    """

    def __init__(self, *, workers: int = 8, waiting: int = 100, spare: int = 32) -> None:
        self._queue: queue.PriorityQueue[tuple[int, int, _Work | None]] = queue.PriorityQueue()
        self._room = {USUAL: threading.BoundedSemaphore(workers + waiting), URGENT: threading.BoundedSemaphore(spare)}
        self._order = count()
        self._threads = [threading.Thread(target=self._work, name=f"worker-{number}", daemon=True) for number in range(workers)]
        for thread in self._threads:
            thread.start()

    def submit(self, work: Callable[[], None], *, priority: int = USUAL) -> bool:
        """Queue a piece of work; return False if there is no room."""
        place = next((kind for kind in (USUAL, priority) if self._room[kind].acquire(blocking=False)), None)
        if place is None:
            return False
        self._queue.put((priority, next(self._order), _Work(work, place)))
        return True

    @property
    def full(self) -> bool:
        """Return True if a submission would be refused now."""
        if self._room[USUAL].acquire(blocking=False):
            self._room[USUAL].release()
            return False
        return True

    def close(self, timeout: float = 5.0) -> None:
        """Finish queued work, then stop the threads."""
        for _thread in self._threads:
            self._queue.put((STOP, next(self._order), None))
        for thread in self._threads:
            thread.join(timeout)

    def _work(self) -> None:
        while True:
            _priority, _number, work = self._queue.get()
            if work is None:
                return
            try:
                work.run()
            except Exception:  # a failure must not end its thread
                log.exception("a piece of work failed")
            finally:
                self._room[work.place].release()
