"""The cause of a changed grade: the override that began or ended, or the driver that asks for more or for less than before."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from risk_engine.grading import Grade
from risk_engine.references import OverrideId
from storage.database import Tx
from storage.queries.among import among
from storage.schema import OverrideRow, ScoreVersionRow
from storage.scoring import score_drivers
from storage.scoring.score_drivers import Driver
from storage.visibility import visible


@dataclass(frozen=True, slots=True)
class Cause:
    """The cause of a changed grade.

    Attributes:
        began: the override that gives the grade now, with its last day ``until``.
        ended: the override that gave the grade before.
        driver: the reason for the model's grade now; None where an override gives it, or where a reason has gone.
        gone: the reason for the grade before that no longer asks for any.
    """

    began: OverrideId | None = None
    until: date | None = None
    ended: OverrideId | None = None
    driver: Driver | None = None
    gone: Driver | None = None


@dataclass(frozen=True, slots=True)
class _Version:
    grade: Grade
    override: int | None
    until: date | None
    drivers: tuple[Driver, ...]


def causes(tx: Tx, pairs: Collection[tuple[int, int]]) -> dict[int, Cause]:
    """Return the cause of each changed grade by the number of the later score.

    Args:
        pairs: the numbers of the scores before and after.
    """
    found = _versions(tx, {number for pair in pairs for number in pair})
    return {after: _cause(found[before], found[after]) for before, after in pairs if before in found and after in found}


def _versions(tx: Tx, numbers: Collection[int]) -> dict[int, _Version]:
    score, override = ScoreVersionRow, OverrideRow
    query = select(score.id, score.grade, score.override_id, override.until).outerjoin(override, override.id == score.override_id)
    rows: Iterable[Any] = tx.connection.execute(query.where(among(tx, score.id, numbers), *visible(tx, score.customer_id)))
    drivers = score_drivers.of(tx, list(numbers))
    return {id: _Version(Grade(grade), number, until, drivers.get(id, ())) for id, grade, number, until in rows}


def _cause(before: _Version, after: _Version) -> Cause:
    if after.override is not None and (after.override, after.grade) != (before.override, before.grade):
        return Cause(began=OverrideId(after.override), until=after.until)
    ended = OverrideId(before.override) if before.override is not None else None
    top = after.drivers[0] if after.drivers else None
    if ended or after.grade >= before.grade:
        return Cause(ended=ended, driver=top)
    # the model asks for less: the first of the reasons for the former grade has eased or gone
    eased = next((one for one in before.drivers if one.grade >= before.grade), None)
    if eased is None:
        return Cause(driver=top)
    now = next((one for one in after.drivers if _same(one, eased)), None)
    return Cause(driver=now) if now else Cause(gone=eased)


def _same(one: Driver, other: Driver) -> bool:
    """Return True for readings of one figure; of breaches, threats and incidents each is a reason of its own."""
    numbered = one.name in {"breach", "threat", "incident", "guarantor", "default"}
    return one.name == other.name and (not numbered or one.reference == other.reference)
