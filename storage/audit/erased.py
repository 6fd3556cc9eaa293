"""Which payloads an erasure names: runs of event numbers, so that every payload that is missing is accounted for."""

from __future__ import annotations

import hmac
import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from storage.audit.anchoring.known import Identity
from storage.audit.chain import PLAIN, Fact, Key

# its facts: the runs of events, how many, and why; never erased itself
ERASED = "audit.erased"
# what may erase: the command of that name, and the nightly job that keeps to the policy
BY_COMMAND, BY_RETENTION = "audit erase", "audit retention"
COMMANDS = (BY_COMMAND, BY_RETENTION)


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


def signature(key: Key, database: str, subject: str, actor: str, facts: Mapping[str, Any]) -> str:
    """The code that binds an erasure to the key: over what it takes, why, by whom, with which command and in which database."""
    return key.sign("erasure", database, subject, actor, *(facts.get(name) for name in ("command", "reason", "count", "events")))


def is_signed(fact: Fact, sealed_with: str, keys: Mapping[str, Key], whose: Identity) -> bool:
    """Whether this record of an erasure was made with a key by a command that may erase, or is from before they were signed.

    Args:
        sealed_with: the name of the key of the link over it; of one that is not sealed yet, the last link's.
    """
    if fact.id <= whose.bound_after:
        return True
    told = facts_of(fact)
    if not isinstance(told, dict) or told.get("command") not in COMMANDS:
        return False
    name, database, mac = told.get("key"), told.get("database"), told.get("mac")
    if not (isinstance(name, str) and isinstance(database, str) and isinstance(mac, str)) or whose.database not in (None, database):
        return False
    if name not in keys:
        # of a link under a key that was not given nothing is known, and that is said
        return name == sealed_with
    if name == PLAIN != sealed_with:
        return False
    return hmac.compare_digest(signature(keys[name], database, fact.subject, fact.actor, told).encode(), mac.encode("utf-8", "replace"))


def facts_of(fact: Fact) -> Any:
    """A payload's values; None if it is nothing that this product wrote."""
    try:
        return json.loads(fact.payload or "{}")
    except (ValueError, RecursionError):
        return None
