"""Findings of a verification: the first broken link, and facts about the chain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Fault(StrEnum):
    """The mismatch at a link."""

    MISSING = "missing"  # a seal is gone: the numbers jump
    EVENT = "event"  # the seal is there, its event is not
    ROW = "row"  # a column of the event, or of its seal
    PAYLOAD = "payload"  # payload or salt against the digest
    SEAL = "seal"  # the seal's own hash was changed: the next link knows the right one
    SWAPPED = "swapped"  # the seal belongs to another link of the chain
    FORGED = "forged"  # the payload is gone, and the erasure that names it was not made with the key
    RECORD = "record"  # an erasure that was not made with the key
    IDENTITY = "identity"  # the database's identity differs from that in its anchors
    ERASED = "erased"  # the payload is gone, and no erasure is on record
    PLAIN = "plain"  # sealed without a key after a link with one


@dataclass(frozen=True, slots=True)
class Broken:
    """The first broken link; ``other`` is the link it was swapped with, or the next one after a gap.

    For a payload missing without a record the subject is not kept: look it up by the event's number.
    """

    fault: Fault
    seq: int
    event_id: int | None
    subject: str | None
    other: int | None = None


@dataclass(slots=True)
class Stretch:
    """The links under one key: their number, the first and the last."""

    count: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Detour:
    """A recorded continuation of the trail from an earlier end, after a restore or an accepted cut, made with the key.

    Attributes:
        after: the last entry kept.
        until: the number of entries known before; None if unknown.
        why: the restored file, or the reason given.
    """

    after: int
    until: int | None
    at: datetime
    by: str
    why: str
    restored: bool


@dataclass(frozen=True, slots=True)
class Verified:
    """The result of verifying a chain.

    Attributes:
        keys: the links by the name of their key.
        unknown: the names of keys that were not given, so that their links could not be checked.
        at: the hashes at the requested places.
        detours: the recorded detours, which left entries behind.
    """

    count: int
    head: str
    first_at: str | None
    last_at: str | None
    broken: Broken | None
    keys: Mapping[str, Stretch]
    unknown: Sequence[str]
    erased: int
    at: Mapping[int, str]
    detours: Sequence[Detour] = ()
