"""Real processes for tests: several at the same instant, and ones that may be killed at any."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

from playground.person import PATIENCE

T = TypeVar("T")

# forked from a server that has imported everything and runs no threads: a process costs milliseconds
FORKS = multiprocessing.get_context("forkserver")
PRELOADED = ["bot.application", "storage.migrations.migrate", "tests.chaos.life"]
FORKS.set_forkserver_preload(PRELOADED)


def at_once(function: Callable[..., T], arguments: Sequence[tuple[Any, ...]]) -> list[T]:
    """Call ``function(instant, *each)`` in a process for each of the arguments; ``instant`` is when all of them begin."""
    with ProcessPoolExecutor(len(arguments), mp_context=FORKS) as pool:
        begun = [pool.submit(_ready) for _each in arguments]
        for one in begun:
            one.result(PATIENCE)
        instant = time.time() + 0.05
        return [one.result(PATIENCE) for one in [pool.submit(function, instant, *each) for each in arguments]]


def _ready() -> None:
    """Long enough for every process to be there."""
    time.sleep(0.05)


def wait_until(instant: float) -> None:
    """Return at the instant, and not a millisecond later than need be."""
    while (left := instant - time.time()) > 0:
        time.sleep(left / 2)
