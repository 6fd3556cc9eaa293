"""Customers' scores with their complete figures, their letters and overrides, for exports: of the whole book by id, or of some."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, collate, func, select

from risk_engine.grading import Grade
from storage import figure_blobs
from storage.customers.customers import known
from storage.database import Tx
from storage.queries.among import among
from storage.schema import CustomerVersionRow, OverrideRow, RatingVersionRow, ScoreRunRow, ScoreVersionRow
from storage.visibility import visible

CHUNK = 10_000


@dataclass(frozen=True, slots=True)
class ExportedScore:
    """A customer's score; figures are None if not computable. ``as_of`` is the day of its run.

    ``rating``, its ``agency`` and its date ``rated`` are those of the letter that counts; ``until`` is the last day of the override;
    ``guarantee`` is the number of the guarantee by which the expected loss falls.
    """

    customer: str
    name: str
    grade: Grade
    model: Grade
    stage: int | None
    category: int | None
    points: float | None
    pd: float | None
    lgd: float | None
    ead: Decimal | None
    expected_loss: Decimal | None
    rwa: Decimal | None
    ecl: Decimal | None
    currency: str
    as_of: date
    override: int | None
    until: date | None
    rating: str | None
    agency: str | None
    rated: date | None
    guarantee: int | None
    figures: dict[str, float | None]


_NAMES = tuple(ExportedScore.__dataclass_fields__)


def count(tx: Tx, *, at: datetime | None = None) -> int:
    """Return the number of scores that are known now, or were at a moment."""
    return int(tx.connection.execute(select(func.count()).select_from(ScoreVersionRow).where(known(ScoreVersionRow, at))).scalar_one())


def exported(tx: Tx, *, at: datetime | None = None) -> Iterator[Sequence[ExportedScore]]:
    """Yield all scores in chunks, as known now or at a moment."""
    score = ScoreVersionRow
    # a PostgreSQL database may sort by the rules of a language
    by = collate(score.customer_id, "C") if tx.dialect == "postgresql" else score.customer_id
    with tx.connection.execute(_query(at).order_by(by), execution_options={"stream_results": True, "yield_per": CHUNK}) as result:
        for rows in result.partitions():
            yield [_exported(row) for row in rows]


def of(tx: Tx, customers: Collection[str], *, at: datetime | None = None) -> dict[str, ExportedScore]:
    """Return the scores of these customers, as known now or at a moment; customers without a score are omitted."""
    score = ScoreVersionRow
    rows = tx.connection.execute(_query(at).where(among(tx, score.customer_id, customers), *visible(tx, score.customer_id)))
    return {row[0]: _exported(row) for row in rows}


def _query(at: datetime | None) -> Any:
    score, run, who, letter, override = ScoreVersionRow, ScoreRunRow, CustomerVersionRow, RatingVersionRow, OverrideRow
    columns = (score.customer_id, who.name, score.grade, score.model_grade, score.stage, score.category, score.points, score.pd, score.lgd)
    amounts = (score.ead, score.expected_loss, score.rwa, score.ecl, score.currency, run.as_of)
    decided = (score.override_id, override.until, letter.rating, letter.agency, letter.as_of)
    query = select(*columns, *amounts, *decided, run.sources, score.sources, run.figures, score.figures).join(run, run.id == score.run_id)
    query = query.outerjoin(letter, letter.id == score.rating_id).outerjoin(override, override.id == score.override_id)
    return query.join(who, and_(who.customer_id == score.customer_id, known(who, at))).where(known(score, at))


def _exported(row: Any) -> ExportedScore:
    *cells, kinds, ids, names, packed = row
    guarantee = figure_blobs.numbers(kinds, ids).get("guarantee")
    values: dict[str, Any] = dict(zip(_NAMES, [*cells, guarantee, figure_blobs.figures(names, packed)], strict=True))
    return ExportedScore(**values | {name: Grade(values[name]) for name in ("grade", "model")})
