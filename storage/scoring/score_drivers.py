"""The drivers of stored scores: the reasons for their grades, with the names of letters and guarantors."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from risk_engine.grading import Grade
from storage.database import Tx
from storage.queries.prepared import prepared
from storage.schema import CustomerVersionRow, RatingVersionRow, ScoreDriverRow, ScoreRunRow, ScoreVersionRow
from storage.scoring import packed_drivers
from storage.scoring.packed_drivers import Reason
from storage.visibility import seen, visible


@dataclass(frozen=True, slots=True)
class Driver:
    """One reason for a grade: its figure, and the grade that it requires on its own.

    ``name`` is an engine's driver; ``reference`` a rating's number, a facility, B-8, R-17, a kind of incident or a guarantor.
    ``letter`` and ``agency`` belong to the rating behind a PD, ``called`` is the guarantor's name, and ``known`` the known share of
    the scorecard.
    """

    name: str
    grade: Grade
    value: float | None
    as_of: date | None
    reference: str | None
    letter: str | None = None
    agency: str | None = None
    called: str | None = None
    known: float | None = None


@prepared
def _stored(tx: Tx, *, ids: Any) -> Any:
    score, run, letter = ScoreVersionRow, ScoreRunRow, RatingVersionRow
    return (
        select(score.id, score.confidence, letter.rating, letter.agency, run.drivers, score.drivers, score.driver_words)
        .join(run, run.id == score.run_id)
        .outerjoin(letter, letter.id == score.rating_id)
        .where(score.id.in_(ids), *visible(tx, score.customer_id))
    )


def of(tx: Tx, score_ids: Sequence[int]) -> dict[int, tuple[Driver, ...]]:
    """Return the drivers of these scores, the worst grade first; an invisible guarantor has no name and no id."""
    stored = _stored(tx, ids=score_ids)
    rows: list[Any] = [(id, (rating, agency), known, packed) for id, known, rating, agency, *packed in stored]
    reasons = _in_rows(tx, [id for id, _letter, _known, (names, *_cells) in rows if names is None])
    reasons |= {id: packed_drivers.unpacked(*packed) for id, _letter, _known, packed in rows if packed[0] is not None}
    named = _names(tx, {one.reference for each in reasons.values() for one in each if one.name == "guarantor" and one.reference})
    found = {}
    for id, rated, confidence, _packed in rows:
        told = [_told(one, rated, named, confidence) for one in _hidden(tx, reasons.get(id, ()), named)]
        if told:
            # the sort is stable: of one grade in the run's order
            found[id] = tuple(sorted(told, key=lambda one: -one.grade))
    return found


def _told(one: Reason, letter: tuple[str | None, str | None], named: Mapping[str, str], confidence: float | None) -> Driver:
    facts = (one.name, one.grade, one.value, one.as_of)
    match one.name:
        case "pd":
            return Driver(*facts, one.reference, *letter)
        case "guarantor":
            return Driver(*facts, one.reference, called=named.get(one.reference or ""))
        case "scorecard":
            return Driver(*facts, one.reference, known=confidence)
    return Driver(*facts, one.reference)


def _hidden(tx: Tx, reasons: Collection[Reason], named: Mapping[str, str]) -> Iterator[Reason]:
    """Yield the reasons, those with guarantors that the transaction may not see without their ids."""
    for one in reasons:
        unseen = one.name == "guarantor" and not tx.sight.everything and one.reference not in named
        yield replace(one, reference=None) if unseen else one


def _names(tx: Tx, guarantors: Collection[str]) -> dict[str, str]:
    """Return the names of the visible ones of these customers."""
    table = CustomerVersionRow
    if not guarantors:
        return {}
    query = select(table.customer_id, table.name).where(table.customer_id.in_(guarantors), table.superseded_at.is_(None), *seen(tx, table))
    return dict(tx.connection.execute(query).all())


def _in_rows(tx: Tx, score_ids: Collection[int]) -> dict[int, list[Reason]]:
    """Return the drivers of scores of early runs."""
    table, score = ScoreDriverRow, ScoreVersionRow
    if not score_ids:
        return {}
    query = select(table.score_id, table.driver, table.grade, table.value, table.as_of, table.reference)
    query = query.join(score, score.id == table.score_id).where(table.score_id.in_(score_ids), *visible(tx, score.customer_id))
    found: dict[int, list[Reason]] = {}
    for id, name, grade, value, as_of, reference in tx.connection.execute(query.order_by(table.id)):
        found.setdefault(id, []).append(Reason(name, Grade(grade), value, as_of, reference))
    return found
