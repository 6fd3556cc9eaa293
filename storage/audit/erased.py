"""Which payloads an erasure names: runs of event numbers, so that every payload that is missing is accounted for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

# its facts: the runs of events, how many, and why; never erased itself
ERASED = "audit.erased"


class Ranges:
    """Numbers, as runs from the first to the last of each."""

    def __init__(self, runs: Iterable[tuple[int, int]]) -> None:
        self._runs: list[tuple[int, int]] = []
        for first, last in sorted(runs):
            if self._runs and first <= self._runs[-1][1] + 1:
                self._runs[-1] = (self._runs[-1][0], max(last, self._runs[-1][1]))
            else:
                self._runs.append((first, last))

    def first_outside(self, first: int, last: int) -> int | None:
        """The smallest number from ``first`` to ``last`` that is in no run; None if all are in one."""
        place = bisect_right(self._runs, (first, float("inf"))) - 1
        if place >= 0 and self._runs[place][1] >= first:
            first = self._runs[place][1] + 1
        return first if first <= last else None


def runs(numbers: Sequence[int]) -> list[list[int]]:
    """Ascending numbers as runs, as JSON has them."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found


def ranges_of(facts: Any) -> Iterator[tuple[int, int]]:
    """The runs that an erasure names; what is no run is passed over."""
    listed = facts.get("events") if isinstance(facts, dict) else None
    for run in listed if isinstance(listed, list) else ():
        if isinstance(run, list) and len(run) == 2 and all(isinstance(end, int) for end in run):
            yield run[0], run[1]
