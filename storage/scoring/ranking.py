"""Rankings of the book by scores, with changes and totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal_column, null, select, type_coerce
from sqlalchemy.orm import aliased

from risk_engine.grading import Grade
from risk_engine.ratings.customer_pd import PdOrigin
from storage.customers import book_totals
from storage.customers.book_totals import Totals
from storage.customers.customers import known
from storage.database import Tx
from storage.queries.one_of import Value, matching
from storage.queries.prepared import prepared
from storage.schema import CustomerVersionRow, ScoreDriverRow, ScoreRunRow, ScoreVersionRow
from storage.types import Money
from storage.visibility import visible


class By(StrEnum):
    """The measure of a ranking."""

    EXPECTED_LOSS = "expected_loss"
    EXPOSURE = "exposure"
    PD = "pd"
    GRADE = "grade"
    CHANGE = "change"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Ranked:
    """A line of the ranking; changes are those of expected loss and EAD, None where there was nothing to compare with yet.

    ``new`` is True without a score at the start of the changes: then the whole expected loss is its change.

    ``rating_id`` is the letter behind the PD, None where the PD is by points; ``confidence`` the known share of the scorecard.
    """

    customer: str
    name: str
    sector: str | None
    country: str | None
    department: str | None
    grade: Grade
    expected_loss: Decimal | None
    ead: Decimal | None
    pd: float | None
    lgd: float | None
    currency: str
    missing: str | None
    rating_id: int | None
    confidence: float | None
    change: Decimal | None
    ead_change: Decimal | None
    days_past_due: float | None
    score: int
    new: bool
    model: Grade
    override_id: int | None

    @property
    def pd_origin(self) -> PdOrigin:
        """Return the origin of the PD."""
        if self.pd is None:
            return PdOrigin.NONE
        if self.pd >= 1.0:
            return PdOrigin.DEFAULT
        return PdOrigin.POINTS if self.rating_id is None else PdOrigin.LETTER


_Now, _Then, _Late = ScoreVersionRow, aliased(ScoreVersionRow), aliased(ScoreDriverRow)


def top(tx: Tx, by: By, filters: Mapping[str, Value], *, limit: int, at: datetime | None, then: datetime) -> tuple[Totals, list[Ranked]]:
    """Return the totals of all customers that pass the filters, and the worst by this measure, as known at a moment.

    Args:
        filters: from a customer's attribute, such as ``sector``, to the requested values, in any case.
        then: the start of changes.
    """
    # another page of an answer asks for the moment of the first
    at = None if at is not None and book_totals.unchanged_since(tx, at) else at
    # in early runs the days past due were rows of their own
    indexed = at is None and by in _INDEXED and (by is not By.OVERDUE or not _early_runs(tx))
    compared = tx.connection.execute(select(ScoreRunRow.id).where(ScoreRunRow.at <= then).limit(1)).first() is not None
    if at is None and by is By.CHANGE and not compared and (kept := _kept_totals(tx, "grade", filters)) is not None:
        # there was no score yet to compare with
        return replace(kept, unranked=kept.customers), []
    measure = _measure(by, compared=compared)
    source = _source(tx, filters, at, then)
    who = CustomerVersionRow
    # in the order of Ranked's fields
    columns: list[Any] = [
        *(who.customer_id, who.name, who.sector, who.country, who.department),
        *(_Now.grade, _Now.expected_loss, _Now.ead, _Now.pd, _Now.lgd, _Now.currency, _Now.missing, _Now.rating_id, _Now.confidence),
        *(_change(compared=compared), _ead_change(compared=compared), _late(), _Now.id, _Then.id.is_(None)),
        *(_Now.model_grade, _Now.override_id),
    ]
    order = (measure.desc(), _Now.expected_loss.desc().nulls_last(), _Now.customer_id)
    query = select(*columns).select_from(source[0]).where(*source[1], measure.is_not(None))
    if indexed and not filters and tx.sight.everything:
        first = [*_first(tx, by, limit=limit).scalars(), *_without_loss(tx, by, limit=limit).scalars()]
        query = query.where(_Now.id.in_(first))
    rows: Any = tx.connection.execute(query.order_by(*order).limit(limit))
    kept = _kept_totals(tx, _COUNTED[by], filters) if indexed else None
    return kept or _totals(tx, source, measure, changed=by is By.CHANGE), [_ranked(row) for row in rows]


def _kept_totals(tx: Tx, ranked_by: str, filters: Mapping[str, Value]) -> Totals | None:
    """Return the kept totals, which know filters of one value."""
    single = {column: value for column, value in filters.items() if isinstance(value, str)}
    return book_totals.of(tx, ranked_by, single) if len(single) == len(filters) else None


# the figures with an index; a customer has at most one present score
_INDEXED = {By.EXPECTED_LOSS: "expected_loss", By.EXPOSURE: "ead", By.PD: "pd", By.GRADE: "grade", By.OVERDUE: "days_past_due"}
# the figures by which the totals count who is ranked
_COUNTED = _INDEXED | {By.OVERDUE: "late"}


@prepared
def _first(_tx: Tx, by: By, *, limit: Any) -> Any:
    """Return the first by a figure with an index, of those whose loss is known."""
    figures = list(dict.fromkeys([getattr(_Now, _INDEXED[by]), _Now.expected_loss]))
    query = select(_Now.id).where(known(_Now, None), *(figure.is_not(None) for figure in figures), *_late_only(by))
    return query.order_by(*(figure.desc() for figure in figures), _Now.customer_id).limit(limit)


@prepared
def _without_loss(_tx: Tx, by: By, *, limit: Any) -> Any:
    measure = getattr(_Now, _INDEXED[by])
    query = select(_Now.id).where(known(_Now, None), _Now.expected_loss.is_(None), measure.is_not(None), *_late_only(by))
    return query.order_by(measure.desc(), _Now.customer_id).limit(limit)


def _late_only(by: By) -> list[ColumnElement[bool]]:
    # spelled out, as a database cannot know that a parameter meets the condition of the index
    return [_Now.days_past_due > literal_column("0")] if by is By.OVERDUE else []


def _early_runs(tx: Tx) -> bool:
    return tx.connection.execute(select(_Late.id).limit(1)).first() is not None


def _ranked(row: Any) -> Ranked:
    values = dict(zip(Ranked.__dataclass_fields__, row, strict=True))
    return Ranked(**values | {"grade": Grade(values["grade"]), "model": Grade(values["model"]), "new": bool(values["new"])})


def _measure(by: By, *, compared: bool) -> ColumnElement[Any]:
    measures: dict[By, Any] = {
        By.EXPECTED_LOSS: _Now.expected_loss,
        By.EXPOSURE: _Now.ead,
        By.PD: _Now.pd,
        By.GRADE: _Now.grade,
        By.CHANGE: _change(compared=compared),
        By.OVERDUE: case((_late() > 0, _late())),
    }
    measure: ColumnElement[Any] = measures[by]
    return measure


def _late() -> ColumnElement[Any]:
    """Return the days past due; in early runs they are a row of their own."""
    return func.coalesce(_Now.days_past_due, _Late.value)


def _change(*, compared: bool) -> ColumnElement[Any]:
    """Return the change of the expected loss."""
    return _added(_Now.expected_loss, _Then.expected_loss, compared=compared)


def _ead_change(*, compared: bool) -> ColumnElement[Any]:
    """Return the change of the exposure at default."""
    return _added(_Now.ead, _Then.ead, compared=compared)


def _added(now: Any, then: Any, *, compared: bool) -> ColumnElement[Any]:
    """Return a difference if both amounts are in one currency; a customer without an earlier score adds all of it."""
    whole = [(_Then.id.is_(None), now)] if compared else []
    # a difference loses the type of an amount
    return type_coerce(case((_Then.currency == _Now.currency, now - then), *whole), Money)


def _source(tx: Tx, filters: Mapping[str, Value], at: datetime | None, then: datetime) -> tuple[Any, Sequence[ColumnElement[bool]]]:
    joined = (
        ScoreVersionRow.__table__.join(
            CustomerVersionRow.__table__, and_(CustomerVersionRow.customer_id == _Now.customer_id, known(CustomerVersionRow, at))
        )
        .outerjoin(_Then, and_(_Then.customer_id == _Now.customer_id, known(_Then, then)))
        .outerjoin(_Late, and_(_Late.score_id == _Now.id, _Late.driver == "days_past_due"))
    )
    wanted = [matching(getattr(CustomerVersionRow, column), value) for column, value in filters.items()]
    return joined, [known(_Now, at), *wanted, *visible(tx, _Now.customer_id)]


def _totals(tx: Tx, source: tuple[Any, Sequence[ColumnElement[bool]]], measure: ColumnElement[Any], *, changed: bool) -> Totals:
    amount = _Now.ead.type
    query = (
        select(
            func.count(),
            func.sum(_Now.expected_loss, type_=amount),
            func.sum(_Now.ead, type_=amount),
            func.count(_Now.expected_loss),
            func.count(_Now.ead),
            func.count(measure),
            func.min(_Now.currency),
            func.sum(measure, type_=amount) if changed else null(),
        )
        .select_from(source[0])
        .where(*source[1])
    )
    count, loss, ead, with_loss, with_ead, ranked, currency, change = tx.connection.execute(query).one()
    sums = (loss or Decimal(0), ead or Decimal(0))
    return Totals(count, *sums, count - with_loss, count - with_ead, count - ranked, currency, change if changed else None)
