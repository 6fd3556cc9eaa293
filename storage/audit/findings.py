"""What a verification finds: the first broken link, and what is known of the chain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Fault(StrEnum):
    """What does not match at a link."""

    MISSING = "missing"  # a seal is gone: the numbers jump
    EVENT = "event"  # the seal is there, its event is not
    ROW = "row"  # a column of the event, or what the seal says of it
    PAYLOAD = "payload"  # payload or salt against the digest
    SEAL = "seal"  # the seal's own hash was changed: the next link knows the right one
    SWAPPED = "swapped"  # it belongs to another link of the chain
    FORGED = "forged"  # the payload is gone, and the erasure that names it was not made with the key
    RECORD = "record"  # an erasure that was not made with the key
    IDENTITY = "identity"  # the database says that it is another than its anchors say
    ERASED = "erased"  # the payload is gone, and no erasure is on record
    PLAIN = "plain"  # sealed without a key after a link with one


@dataclass(frozen=True, slots=True)
class Broken:
    """The first broken link; ``other`` is the link that it was swapped with, or the next one after a gap.

    Of a payload that is gone without a record, the subject is not kept: ask by the event's number.
    """

    fault: Fault
    seq: int
    event_id: int | None
    subject: str | None
    other: int | None = None


@dataclass(slots=True)
class Stretch:
    """The links under one key: how many, and from where to where."""

    count: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Detour:
    """Where somebody with the key has put on record that the trail goes on from an earlier end: by a restore, or accepting a cut.

    Attributes:
        after: the last entry that is as it was.
        until: how many entries were known before; None where nobody knew.
        why: the file that was restored, or the reason that was given.
    """

    after: int
    until: int | None
    at: datetime
    by: str
    why: str
    restored: bool


@dataclass(frozen=True, slots=True)
class Verified:
    """What there is to say about a chain.

    Attributes:
        keys: the links by the name of their key.
        unknown: names of keys that were not given, whose links could not be checked.
        at: the hashes at the places that were asked for.
        detours: where it is on record that entries were left behind.
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
