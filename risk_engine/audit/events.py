"""Events of views and exports of customers' data, and of the second line's sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from risk_engine.events import Event

# --- looks and files ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailRead(Event):
    """A person was shown customers; ``customers`` are the first of them, ``count`` is their number."""

    kind: ClassVar = "detail.read"

    command: str
    customers: Sequence[str]
    count: int
    via: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresShown(Event):
    """A person asked to see the figures of a masked answer, and saw them until a moment."""

    kind: ClassVar = "figures.shown"

    command: str
    arguments: Mapping[str, Any]
    as_of: datetime
    until: datetime
    customers: Sequence[str]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerShared(Event):
    """A person shared an answer to a channel."""

    kind: ClassVar = "answer.shared"

    answer: str
    command: str
    arguments: Mapping[str, Any]
    as_of: datetime
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerExported(Event):
    """A person exported an answer as a file; ``customers`` lists all customers in it, for exports from Slack."""

    kind: ClassVar = "answer.exported"

    command: str
    arguments: Mapping[str, Any]
    rows: int
    as_of: datetime
    via: str
    customers: Sequence[str] | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportHeld(Event):
    """A file was held back: with it somebody would have ``total`` customers in a day, and ``quota`` are allowed."""

    kind: ClassVar = "export.held"

    command: str
    arguments: Mapping[str, Any]
    rows: int
    as_of: datetime
    via: str
    count: int
    total: int
    quota: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportAsked(Event):
    """A person asked for a file with more customers than their limit allows."""

    kind: ClassVar = "export.asked"

    command: str
    arguments: Mapping[str, Any]
    count: int
    reason: str


# --- the second line ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleDrawn(Event):
    """A month's sample was drawn; from ``seed`` anybody can draw it again."""

    kind: ClassVar = "sample.drawn"

    seed: str
    population: int
    size: int
    counts: Mapping[str, int]
    events: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleReviewed(Event):
    """The second line looked at an entry of its sample; ``entry`` is the number of its event."""

    place: int
    entry: int
    finding: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleFine(SampleReviewed):
    """A sampled entry is in order."""

    kind: ClassVar = "sample.fine"


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleFinding(SampleReviewed):
    """The second line has a finding about a sampled entry."""

    kind: ClassVar = "sample.finding"
