"""Scores as known at a moment: a customer's figures, and the facts behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from risk_engine.grading import Grade
from storage import figure_blobs
from storage.customers.customers import known
from storage.database import Tx
from storage.queries.among import among
from storage.queries.prepared import prepared
from storage.schema import ScoreRunRow, ScoreVersionRow
from storage.scoring import score_drivers
from storage.scoring.score_drivers import Driver
from storage.visibility import visible


@dataclass(frozen=True, slots=True)
class Score:
    """A customer's figures; None is not computable, and ``missing`` lists the missing inputs, as ``rate:USD``.

    ``grade`` is the grade in force; with an ``override_id`` it is a person's, and ``model`` is the model's own. ``points`` are the
    scorecard's, 0 to 100; ``confidence`` is the known share of its weights. ``next_change`` is the first day on which the same facts may
    give another score; None if there is none.
    """

    id: int
    run_id: int
    customer: str
    grade: Grade
    model: Grade
    override_id: int | None
    points: float | None
    confidence: float | None
    stage: int | None
    category: int | None
    pd: float | None
    lgd: float | None
    ead: Decimal | None
    expected_loss: Decimal | None
    ecl: Decimal | None
    rwa: Decimal | None
    currency: str
    rating_id: int | None
    missing: tuple[str, ...]
    known_at: datetime
    next_change: date | None


@dataclass(frozen=True, slots=True)
class Run:
    """A scoring run that changed something."""

    id: int
    at: datetime
    as_of: date
    model: str
    policy: str
    by: str
    scored: int
    changed: int


_NAMES = tuple(name for name in Score.__dataclass_fields__ if name != "customer")
_COLUMNS = tuple(getattr(ScoreVersionRow, "model_grade" if name == "model" else name) for name in _NAMES)


@prepared
def _of(tx: Tx, *, customers: Any, at: Any) -> Any:
    table = ScoreVersionRow
    query = select(table.customer_id, *_COLUMNS).where(table.customer_id.in_(customers), known(table, at))
    return query.where(*visible(tx, table.customer_id))


def of(tx: Tx, customers: Sequence[str], *, at: datetime | None = None) -> dict[str, Score]:
    """Return the scores of these customers as known at a moment; customers without a score are omitted."""
    return {row[0]: _score(row) for row in _of(tx, customers=customers, at=at)}


def history(tx: Tx, customer: str, *, at: datetime | None = None, limit: int = 50) -> list[Score]:
    """Return a customer's versions, newest first, as known at a moment."""
    query = select(ScoreVersionRow.customer_id, *_COLUMNS).where(ScoreVersionRow.customer_id == customer)
    query = query.where(*visible(tx, ScoreVersionRow.customer_id))
    if at is not None:
        query = query.where(ScoreVersionRow.known_at <= at)
    rows = tx.connection.execute(query.order_by(ScoreVersionRow.known_at.desc(), ScoreVersionRow.id.desc()).limit(limit))
    return [_score(row) for row in rows]


def _score(row: Sequence[object]) -> Score:
    customer, *columns = row
    values: dict[str, Any] = dict(zip(_NAMES, columns, strict=True))
    values["missing"] = tuple(values["missing"].split("\n")) if values["missing"] else ()
    return Score(customer=str(customer), **values | {name: Grade(values[name]) for name in ("grade", "model")})


@dataclass(frozen=True, slots=True)
class Detail:
    """The complete figures of one score by name (None is not computable), and the versions of facts behind them by kind."""

    figures: dict[str, float | None]
    sources: dict[str, int]


@dataclass(frozen=True, slots=True)
class Finding:
    """One score with its run, its complete figures, and its drivers, the worst first."""

    score: Score
    run: Run
    detail: Detail
    drivers: tuple[Driver, ...]


def finding(tx: Tx, score: Score) -> Finding:
    """Return a stored score with its run, figures and drivers."""
    return Finding(score, run(tx, score.run_id), detail(tx, score), score_drivers.of(tx, [score.id]).get(score.id, ()))


@prepared
def _detail(_tx: Tx, *, score: Any) -> Any:
    run, table = ScoreRunRow, ScoreVersionRow
    query = select(run.figures, table.figures, run.sources, table.sources)
    return query.join(table, table.run_id == run.id).where(table.id == score)


def detail(tx: Tx, score: Score) -> Detail:
    """Return the complete figures of a score; empty for a score from before they were stored."""
    names, values, kinds, ids = _detail(tx, score=score.id).one()
    return Detail(figure_blobs.figures(names, values), figure_blobs.numbers(kinds, ids))


def figure(tx: Tx, ids: Sequence[int], name: str) -> dict[int, float]:
    """Return one figure of these scores by their numbers; scores without it are omitted."""
    run = ScoreRunRow
    query = select(ScoreVersionRow.id, run.figures, ScoreVersionRow.figures).join(run, ScoreVersionRow.run_id == run.id)
    rows = tx.connection.execute(query.where(ScoreVersionRow.id.in_(ids)))
    found = {id: figure_blobs.figures(names, values).get(name) for id, names, values in rows}
    return {id: value for id, value in found.items() if value is not None}


def details(tx: Tx, found: Sequence[Score]) -> dict[int, Detail]:
    """Return the complete figures of several scores, by the score's number."""
    run, score = ScoreRunRow, ScoreVersionRow
    query = select(score.id, run.figures, score.figures, run.sources, score.sources).join(run, run.id == score.run_id)
    rows = tx.connection.execute(query.where(among(tx, score.id, [one.id for one in found]))).all()
    return {id: Detail(figure_blobs.figures(names, values), figure_blobs.numbers(kinds, ids)) for id, names, values, kinds, ids in rows}


def last_run(tx: Tx, *, at: datetime | None = None) -> Run | None:
    """Return the newest run that changed something, as known at a moment."""
    query = select(*(getattr(ScoreRunRow, name) for name in Run.__dataclass_fields__)).order_by(ScoreRunRow.id.desc()).limit(1)
    row = tx.connection.execute(query if at is None else query.where(ScoreRunRow.at <= at)).one_or_none()
    return None if row is None else Run(*row)


def run(tx: Tx, id: int) -> Run:
    """Return one run."""
    return Run(
        *tx.connection.execute(select(*(getattr(ScoreRunRow, name) for name in Run.__dataclass_fields__)).where(ScoreRunRow.id == id)).one()
    )


def count(tx: Tx) -> int:
    """Return the number of customers with a score."""
    query = select(func.count()).select_from(ScoreVersionRow).where(ScoreVersionRow.superseded_at.is_(None))
    query = query.where(*visible(tx, ScoreVersionRow.customer_id))
    return tx.connection.execute(query).scalar_one()
