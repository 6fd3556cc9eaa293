"""The second line's sample: drawn so that anybody can draw it again, and reviewed by those who had no hand in it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import zip_longest

from risk_engine.events import Event
from risk_engine.refusals import Refusal


class AlreadyReviewed(Refusal):
    """Somebody of the second line has looked at this entry before."""

    month: str
    place: int
    by: str
    at: datetime


class HadAHandInIt(Refusal):
    """The reviewer has acted on the subject of this entry."""

    month: str
    place: int


class Finding(StrEnum):
    """What the second line makes of an entry."""

    FINE = "fine"
    FINDING = "finding"


@dataclass(frozen=True, slots=True)
class Sampled:
    """An entry of a month's sample: the ``place``-th on its list, about the event with this number.

    Attributes:
        verdict: None until somebody has looked at it.
    """

    month: str
    place: int
    key: str
    event: int
    verdict: Finding | None = None
    finding: str | None = None
    reviewed_by: str | None = None
    reviewed_at: datetime | None = None


def rank(seed: str, number: int) -> str:
    """Where an entry stands in the draw: the SHA-256 of ``seed:number``, in hexadecimal; the lowest is drawn first."""
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()


def draw(entries: Sequence[tuple[int, str]], seed: str, size: int) -> list[int]:
    """Draw so many of these (number, kind), the kinds in turn by name, so that a rare kind is not lost among a frequent one.

    The order of ``entries`` has no part in it: who knows the seed draws the same numbers.
    """
    kinds = sorted({kind for _number, kind in entries})
    by_kind = [sorted((number for number, of in entries if of == kind), key=lambda number: rank(seed, number)) for kind in kinds]
    turns = [number for turn in zip_longest(*by_kind) for number in turn if number is not None]
    return turns[:size]


def review(
    sampled: Sampled, verdict: Finding, *, by: str, hands: Collection[str], at: datetime, finding: str | None = None
) -> tuple[Sampled, Event]:
    """Say that an entry is in order, or what was found.

    Args:
        hands: who has acted on what the entry is about.

    Raises:
        AlreadyReviewed: somebody has looked at it before.
        HadAHandInIt: the reviewer is one of ``hands``.
    """
    if sampled.verdict is not None:
        assert sampled.reviewed_by is not None, "a review is somebody's"
        assert sampled.reviewed_at is not None, "a review is somebody's"
        raise AlreadyReviewed(place=sampled.place, month=sampled.month, by=sampled.reviewed_by, at=sampled.reviewed_at)
    if by in hands:
        raise HadAHandInIt(place=sampled.place, month=sampled.month)
    reviewed = replace(sampled, verdict=verdict, finding=finding, reviewed_by=by, reviewed_at=at)
    facts = {"place": sampled.place, "entry": sampled.event, "finding": finding}
    return reviewed, Event("sample.fine" if verdict is Finding.FINE else "sample.finding", sampled.month, by, at, facts)
