"""One process that is let live, and killed."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from tests.chaos.life import OUTSIDE, Life
from tests.processes import FORKS


class Mortal:
    """A process of its own; from outside it is killed within the first moments of its work, unless it is spared."""

    def __init__(self, function: Callable[..., None], life: Life, dice: random.Random, *, spared: bool = False) -> None:
        self.place = life.dies
        self._wait = None if spared or life.dies != OUTSIDE else dice.uniform(0.0, 0.06)
        self._here, there = FORKS.Pipe()
        self._process = FORKS.Process(target=function, args=(life, there))
        self._process.start()
        there.close()

    def end(self) -> int | None:
        """Wait for its death, or bring it; the exit code."""
        if self._wait is not None and self._here.poll(30):
            time.sleep(self._wait)
            self._process.kill()
        self._process.join(60)
        code = self._process.exitcode
        self._here.close()
        self._process.close()
        return code
