"""Erased payloads as runs of event numbers, so that every missing payload is accounted for."""

from __future__ import annotations

import hmac
import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from risk_engine.events import Event
from storage.audit.anchoring.known import Identity
from storage.audit.chain import PLAIN, Fact, Key

# the commands that may erase: the one of that name, and the nightly job for the policy's retention
BY_COMMAND, BY_RETENTION = "audit erase", "audit retention"
COMMANDS = (BY_COMMAND, BY_RETENTION)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailErased(Event):
    """Payloads were erased: the runs of events, how many, and why, signed; never erased itself."""

    kind: ClassVar = "audit.erased"

    reason: str
    count: int
    events: Sequence[Sequence[int]]
    command: str
    database: str
    key: str
    mac: str


class Ranges:
    """Numbers as runs, each from its first to its last."""

    def __init__(self, runs: Iterable[tuple[int, int]]) -> None:
        self._runs: list[tuple[int, int]] = []
        for first, last in sorted(runs):
            if self._runs and first <= self._runs[-1][1] + 1:
                self._runs[-1] = (self._runs[-1][0], max(last, self._runs[-1][1]))
            else:
                self._runs.append((first, last))

    def first_outside(self, first: int, last: int) -> int | None:
        """Return the smallest number from ``first`` to ``last`` outside all runs; None if all are inside."""
        place = bisect_right(self._runs, (first, float("inf"))) - 1
        if place >= 0 and self._runs[place][1] >= first:
            first = self._runs[place][1] + 1
        return first if first <= last else None


def runs(numbers: Sequence[int]) -> list[list[int]]:
    """Return ascending numbers as runs, in JSON form."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found


def ranges_of(facts: Any) -> Iterator[tuple[int, int]]:
    """Yield the runs that an erasure names; malformed ones are skipped."""
    listed = facts.get("events") if isinstance(facts, dict) else None
    for run in listed if isinstance(listed, list) else ():
        if isinstance(run, list) and len(run) == 2 and all(isinstance(end, int) for end in run):
            yield run[0], run[1]


def signature(key: Key, database: str, subject: str, actor: str, facts: Mapping[str, Any]) -> str:
    """Return the signature of an erasure over its events, reason, author, command and database."""
    return key.sign("erasure", database, subject, actor, *(facts.get(name) for name in ("command", "reason", "count", "events")))


def is_signed(fact: Fact, sealed_with: str, keys: Mapping[str, Key], whose: Identity) -> bool:
    """Return True if an erasure was signed by a command that may erase, or dates from before signatures.

    Args:
        sealed_with: the name of the key of its link, or of the last link if it is not sealed yet.
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
        # a link under a key that was not given cannot be checked, and the result says so
        return name == sealed_with
    if name == PLAIN != sealed_with:
        return False
    return hmac.compare_digest(signature(keys[name], database, fact.subject, fact.actor, told).encode(), mac.encode("utf-8", "replace"))


def facts_of(fact: Fact) -> Any:
    """Return a payload's values; None if this product did not write it."""
    try:
        return json.loads(fact.payload or "{}")
    except (ValueError, RecursionError):
        return None
