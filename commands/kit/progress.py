"""A progress bar on stderr for long work."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm

from commands.kit.i18n import Text


@contextmanager
def bar(progress: bool | None, title: Text, total: int | None, unit: str) -> Iterator[Callable[[int], object]]:
    """Yield a function that takes the progress made; None shows the bar only on a terminal."""
    # disable=None is tqdm's word for "only on a terminal"
    disable = None if progress is None else not progress
    with tqdm(total=total, desc=str(title), unit=unit, unit_scale=True, disable=disable, file=sys.stderr, leave=False) as shown:
        yield shown.update
