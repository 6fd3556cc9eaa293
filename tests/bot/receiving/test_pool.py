"""The pool: bounded, the urgent first, and no piece of work takes a worker along."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from bot.working.pool import URGENT, Pool

SECONDS = 10


@contextmanager
def busy(pool: Pool, workers: int) -> Iterator[threading.Event]:
    """Every worker holds on until the event is set, at the latest at the end."""
    release, held = threading.Event(), threading.Semaphore(0)

    def hold() -> None:
        held.release()
        release.wait(SECONDS)

    for _ in range(workers):
        assert pool.submit(hold)
    for _ in range(workers):
        assert held.acquire(timeout=SECONDS)
    try:
        yield release
    finally:
        release.set()
        pool.close()


def test_what_does_not_fit_is_refused_at_once_and_what_fits_is_done():
    done: list[int] = []
    pool = Pool(workers=2, waiting=3)
    with busy(pool, 2):
        taken = [pool.submit(lambda number=number: done.append(number)) for number in range(5)]
        full = pool.full

    assert taken == [True, True, True, False, False]
    assert full
    assert sorted(done) == [0, 1, 2]


def test_there_is_room_again_once_something_is_done():
    pool = Pool(workers=1, waiting=0)
    first = threading.Event()
    with busy(pool, 1) as release:
        refused = pool.submit(first.set)
        release.set()
        again = threading.Event()
        for _ in range(1000):
            if pool.submit(again.set):
                break
            again.wait(0.01)
        done = again.wait(SECONDS)

    assert (refused, first.is_set(), done) == (False, False, True)


def test_looking_whether_it_is_full_takes_no_room():
    pool = Pool(workers=1, waiting=1)
    with busy(pool, 1):
        looks = [pool.full for _ in range(5)]
        taken = pool.submit(lambda: None)

    assert (looks, taken) == ([False] * 5, True)


def test_a_full_pool_still_has_places_for_the_urgent_though_not_without_end():
    done: list[str] = []
    pool = Pool(workers=1, waiting=0, spare=2)
    with busy(pool, 1):
        usual = pool.submit(lambda: done.append("usual"))
        urgent = [pool.submit(lambda: done.append("urgent"), priority=URGENT) for _ in range(3)]
        full = pool.full

    assert (usual, urgent, full) == (False, [True, True, False], True)
    assert done == ["urgent", "urgent"]


def test_the_urgent_jumps_the_queue_and_the_others_keep_their_order():
    done: list[str] = []
    pool = Pool(workers=1, waiting=10)
    with busy(pool, 1):
        for name in ("a", "b"):
            pool.submit(lambda name=name: done.append(name))
        for name in ("u", "v"):
            pool.submit(lambda name=name: done.append(name), priority=URGENT)

    assert done == ["u", "v", "a", "b"]


def test_failing_work_leaves_its_worker_and_its_room_behind():
    done: list[int] = []
    pool = Pool(workers=1, waiting=4)
    for _ in range(3):
        with_a_fault = threading.Event()

        def fail(seen: threading.Event = with_a_fault) -> None:
            seen.set()
            raise RuntimeError("on purpose")

        assert pool.submit(fail)
        assert with_a_fault.wait(SECONDS)
    pool.submit(lambda: done.append(1))
    pool.close()

    assert done == [1]


def test_closing_finishes_what_is_queued():
    done: list[int] = []
    pool = Pool(workers=3, waiting=50)
    for number in range(40):
        pool.submit(lambda number=number: done.append(number))
    pool.close()

    assert sorted(done) == list(range(40))
