"""The parts of a digest: the content of a section, and how much it matters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from typing import Any
from zoneinfo import ZoneInfo

from commands.kit.i18n import Text, labelled
from risk_engine.policy.policy import Policy
from storage.database import Tx
from storage.scope import Scope


@dataclass(frozen=True, slots=True)
class Span:
    """The range of a digest: a period, in a channel's time zone, and a part of the book."""

    since: datetime
    until: datetime
    zone: ZoneInfo
    scope: Scope

    @property
    def day(self) -> date:
        """Return the local date of the digest."""
        return self.until.astimezone(self.zone).date()

    @property
    def day_before(self) -> date:
        """Return the local date of the previous digest."""
        return self.since.astimezone(self.zone).date()


class Urgency(IntEnum):
    """The urgency of a part of the digest, which decides the sentence that opens it."""

    CHANGE = 1
    TASK = 2
    LATE = 3
    WORSE = 4
    SEVERE = 5


@dataclass(frozen=True, slots=True)
class Lead:
    """The most important thing of a section in one sentence, which opens the digest if no other section has a more urgent one."""

    urgency: Urgency
    sentence: Text


@dataclass(frozen=True, slots=True)
class Standing:
    """Things that were told before and are still open: their count in words, and the command that lists them."""

    said: Text
    listed_by: str | None = None

    def __str__(self) -> str:
        return labelled(self.said, self.listed_by) if self.listed_by else str(self.said)


@dataclass(frozen=True, slots=True)
class Part:
    """The content of a section.

    Attributes:
        heading: what is new and how much of it, in a few words.
        new: how many things are new; 0 if there are only standing ones.
        lines: the new things, the most pressing first; fewer than ``new`` if they are too many to list.
        lead: the first of them in a sentence.
        remark: news that is neither to be done nor a change, such as loaded files; it stands small at the end.
    """

    heading: Text
    new: int
    lines: Sequence[Sequence[Any]] = ()
    standing: Standing | None = None
    lead: Lead | None = None
    remark: Text | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the digest, which names a thing when it is new or has crossed a limit, and never again. A ``part`` of None: no section.

    Attributes:
        today: whether it is about what must be done today, or about what has moved since the last digest.
    """

    name: str
    order: int
    today: bool
    part: Callable[[Span, Policy, Tx], Part | None]
