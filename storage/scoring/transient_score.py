"""Transient scores: one customer's score in the form of a stored one, without storing it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import numpy as np
from sqlalchemy import select

from risk_engine.grading import Grade
from risk_engine.scoring.scoring import MODEL, Scores
from storage.customers.customers import known
from storage.database import Tx
from storage.schema import CustomerVersionRow, RatingVersionRow
from storage.scoring.score_drivers import Driver
from storage.scoring.score_writing import Origin
from storage.scoring.scores import Detail, Finding, Run, Score
from storage.visibility import seen


def finding(tx: Tx, found: Scores, customer: str, origin: Origin) -> Finding | None:
    """Return one customer's finding as if it were stored; None if the customer was not scored."""
    places = np.flatnonzero(found.customers == customer)
    if not len(places):
        return None
    place = int(places[0])
    score = _score(found, place, origin)
    run = Run(0, origin.facts_at, origin.as_of, MODEL, origin.policy, origin.by, len(found), 0)
    return Finding(score, run, _detail(found, place), tuple(_drivers(tx, found, place, score, origin)))


def _score(found: Scores, place: int, origin: Origin) -> Score:
    figures = _detail(found, place).figures
    stage, category = figures["stage"], figures["category"]
    text = str(found.missing[np.array([place])].texts()[0])
    return Score(
        id=0,
        run_id=0,
        customer=str(found.customers[place]),
        grade=Grade(int(found.grades[place])),
        model=Grade(int(found.model_grades[place])),
        override_id=int(found.sources["override"][place]) or None,
        points=figures["points"],
        confidence=figures["confidence"],
        stage=None if stage is None else int(stage),
        category=None if category is None else int(category),
        pd=figures["pd"],
        lgd=figures["lgd"],
        ead=_amount(figures["ead"]),
        expected_loss=_amount(figures["expected_loss"]),
        ecl=_amount(figures["ecl"]),
        rwa=_amount(figures["rwa"]),
        currency=found.currency,
        rating_id=int(found.sources["rating"][place]) or None,
        missing=tuple(text.split("\n")) if text else (),
        known_at=origin.facts_at,
        next_change=None if np.isnat(day := found.next_change[place]) else day.item(),
    )


def _amount(value: float | None) -> Decimal | None:
    """Return an amount of whole hundredths."""
    return None if value is None else Decimal(round(value * 100)) / 100


def _detail(found: Scores, place: int) -> Detail:
    figures = {name: float(column[place]) for name, column in found.figures.items()}
    sources = {kind: int(column[place]) for kind, column in found.sources.items()}
    return Detail(
        {name: None if np.isnan(value) else value for name, value in figures.items()}, {kind: id for kind, id in sources.items() if id}
    )


def _drivers(tx: Tx, found: Scores, place: int, score: Score, origin: Origin) -> Iterator[Driver]:
    """Yield the drivers that require a grade, the worst first."""
    asking = [driver for driver in found.drivers if driver.grades[place] > 0]
    for driver in sorted(asking, key=lambda driver: -int(driver.grades[place])):
        value, day, reference = float(driver.values[place]), driver.as_of[place], driver.reference(place)
        letter, agency = _rating(tx, score.rating_id) if driver.name == "pd" else (None, None)
        called = None
        if driver.name == "guarantor":
            reference, called = _guarantor(tx, reference, origin)
        yield Driver(
            name=driver.name,
            grade=Grade(int(driver.grades[place])),
            value=None if np.isnan(value) else value,
            as_of=None if np.isnat(day) else day.item(),
            reference=reference,
            letter=letter,
            agency=agency,
            called=called,
            known=score.confidence if driver.name == "scorecard" else None,
        )


def _rating(tx: Tx, id: int | None) -> tuple[str | None, str | None]:
    row = tx.connection.execute(select(RatingVersionRow.rating, RatingVersionRow.agency).where(RatingVersionRow.id == id)).one_or_none()
    return (None, None) if row is None else (row.rating, row.agency)


def _guarantor(tx: Tx, id: str | None, origin: Origin) -> tuple[str | None, str | None]:
    """Return the guarantor's id and name as known then; None if it is not visible."""
    table = CustomerVersionRow
    query = select(table.customer_id, table.name).where(table.customer_id == id, known(table, origin.facts_at), *seen(tx, table))
    row = tx.connection.execute(query).one_or_none()
    return (None, None) if row is None else (row.customer_id, row.name)
