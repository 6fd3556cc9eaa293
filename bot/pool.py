"""A bounded pool of workers: what does not fit is refused at once, and openings of forms jump the queue."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from itertools import count

log = logging.getLogger(__name__)
URGENT, USUAL, STOP = 0, 1, 2


class Pool:
    """Threads that carry out work.

    Args:
        workers: how many things happen at once.
        waiting: how many may wait; more are refused.
    """

    def __init__(self, *, workers: int = 8, waiting: int = 100) -> None:
        self._queue: queue.PriorityQueue[tuple[int, int, Callable[[], None]]] = queue.PriorityQueue()
        self._room = threading.BoundedSemaphore(workers + waiting)
        self._order = count()
        self._threads = [threading.Thread(target=self._work, name=f"worker-{number}", daemon=True) for number in range(workers)]
        for thread in self._threads:
            thread.start()

    def submit(self, work: Callable[[], None], *, priority: int = USUAL) -> bool:
        """Queue a piece of work; False if there is no room."""
        if not self._room.acquire(blocking=False):
            return False
        self._queue.put((priority, next(self._order), work))
        return True

    @property
    def full(self) -> bool:
        """Whether a submission would be refused now."""
        if self._room.acquire(blocking=False):
            self._room.release()
            return False
        return True

    @property
    def waiting(self) -> int:
        return self._queue.qsize()

    def close(self, timeout: float = 5.0) -> None:
        """Finish what is queued, then stop the threads."""
        for _thread in self._threads:
            self._queue.put((STOP, next(self._order), _stop))
        for thread in self._threads:
            thread.join(timeout)

    def _work(self) -> None:
        while True:
            _priority, _number, work = self._queue.get()
            if work is _stop:
                return
            try:
                work()
            except Exception:  # one failed piece of work must not take its thread along
                log.exception("a piece of work failed")
            finally:
                self._room.release()


def _stop() -> None:
    """Marks the end of the queue."""
