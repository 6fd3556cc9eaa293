"""The second line's sample: reproducible draws, reviewed by people who were not involved."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import zip_longest

from risk_engine.audit.events import SampleFinding, SampleFine, SampleReviewed
from risk_engine.refusals import Refusal


class AlreadyReviewed(Refusal):
    """The second line has reviewed this entry before."""

    month: str
    place: int
    by: str
    at: datetime


class HadAHandInIt(Refusal):
    """The reviewer has acted on the subject of this entry."""

    month: str
    place: int


class Finding(StrEnum):
    """The second line's verdict on an entry."""

    FINE = "fine"
    FINDING = "finding"


@dataclass(frozen=True, slots=True)
class Sampled:
    """An entry of a month's sample: the ``place``-th on its list, about the event with this number.

    Attributes:
        verdict: None until it has been reviewed.
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
    """Return an entry's rank in the draw: the SHA-256 of ``seed:number`` in hexadecimal; the lowest is drawn first."""
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()


def draw(entries: Sequence[tuple[int, str]], seed: str, size: int) -> list[int]:
    """Draw ``size`` of these (number, kind), in turn from each kind by name, so that rare kinds are not missed.

    The order of ``entries`` does not matter: anybody who knows the seed draws the same numbers.
    """
    kinds = sorted({kind for _number, kind in entries})
    by_kind = [sorted((number for number, of in entries if of == kind), key=lambda number: rank(seed, number)) for kind in kinds]
    turns = [number for turn in zip_longest(*by_kind) for number in turn if number is not None]
    return turns[:size]


def review(
    sampled: Sampled, verdict: Finding, *, by: str, hands: Collection[str], at: datetime, finding: str | None = None
) -> tuple[Sampled, SampleReviewed]:
    """Record that an entry is in order, or the finding.

    Args:
        hands: the people who have acted on the entry's subject.

    Raises:
        AlreadyReviewed: somebody has reviewed it before.
        HadAHandInIt: the reviewer is one of ``hands``.
    """
    if sampled.verdict is not None:
        assert sampled.reviewed_by is not None, "a review is somebody's"
        assert sampled.reviewed_at is not None, "a review is somebody's"
        raise AlreadyReviewed(place=sampled.place, month=sampled.month, by=sampled.reviewed_by, at=sampled.reviewed_at)
    if by in hands:
        raise HadAHandInIt(place=sampled.place, month=sampled.month)
    reviewed = replace(sampled, verdict=verdict, finding=finding, reviewed_by=by, reviewed_at=at)
    kind = SampleFine if verdict is Finding.FINE else SampleFinding
    return reviewed, kind(subject=sampled.month, actor=by, at=at, place=sampled.place, entry=sampled.event, finding=finding)
