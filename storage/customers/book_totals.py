"""Totals of the book by department, sector and country, updated in each transaction that writes scores or customers.

A write counts the customers that it changes before and after, and the totals move by the difference. Where the state says that something
else has been written, the totals are not used, and the next scoring counts the whole book.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, and_, delete, func, insert, select, type_coerce, update
from sqlalchemy.orm import aliased

from storage.database import Tx
from storage.queries.among import among
from storage.queries.columns import fetched_rows
from storage.queries.prepared import prepared
from storage.schema import CustomerVersionRow, ScoreTotalRow, ScoreTotalStateRow, ScoreVersionRow
from storage.types import MONEY_SCALE

# on PostgreSQL those who move the totals queue for this lock, as they do for SQLite's write lock
LOCK = 7_236_118_460
_KEYS = ("department", "sector", "country", "currency")
_SUMS = ("expected_loss", "ead")
_COUNTS = ("customers", "with_expected_loss", "with_ead", "with_pd", "late")
_FIGURES = (*_SUMS, *_COUNTS)
_RANKED = {"expected_loss": "with_expected_loss", "ead": "with_ead", "pd": "with_pd", "grade": "customers", "late": "late"}
# the totals of a part of the book: its figures by department, sector, country and currency; amounts are stored integers
_Parts = dict[tuple[str | None, ...], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Totals:
    """Totals of the filtered book; sums cover computable figures, ``without_*`` counts the others.

    ``change`` is that of the expected loss; None where the ranking is by another measure.
    """

    customers: int
    expected_loss: Decimal
    ead: Decimal
    without_loss: int
    without_ead: int
    unranked: int
    currency: str | None
    change: Decimal | None


@dataclass(frozen=True, slots=True)
class Counted:
    """Totals by parts of the book, and the numbers of the last score and customer's version that they cover."""

    through: tuple[int, int]
    parts: _Parts


_LAST = select(
    select(func.coalesce(func.max(ScoreVersionRow.id), 0)).scalar_subquery(),
    select(func.coalesce(func.max(CustomerVersionRow.id), 0)).scalar_subquery(),
)
_STATE = select(ScoreTotalStateRow.score, ScoreTotalStateRow.customer)


# --- keeping ---------------------------------------------------------------------------------------------------------


def count(tx: Tx) -> Counted | None:
    """Count the whole book; None where the kept totals cover it already."""
    through = _last(tx)
    return None if through == _kept(tx) else Counted(through, _parts(tx))


def keep(tx: Tx, counted: Counted) -> None:
    """Replace the kept totals by those of a whole count, unless something has been written since."""
    _lock(tx)
    if _last(tx) == counted.through:
        tx.connection.execute(delete(ScoreTotalRow))
        _insert(tx, counted.parts)
        _note(tx, counted.through)


@contextmanager
def moved_by_scores(tx: Tx, customers: Collection[str]) -> Iterator[None]:
    """Move the totals by the difference that writing the scores of these customers makes."""
    _lock(tx)
    covered = _covered(tx, *_last(tx))
    before = _parts(tx, among(tx, CustomerVersionRow.customer_id, customers)) if covered else {}
    yield
    if covered:
        _move(tx, before, _parts(tx, among(tx, CustomerVersionRow.customer_id, customers)))


def move_by_customers(tx: Tx, *, above: int) -> None:
    """Move the totals by the difference that new versions of customers make, all with numbers above ``above``."""
    _lock(tx)
    score, customer = _last(tx)
    if customer > above and _covered(tx, score, above):
        who, new, earlier = CustomerVersionRow, aliased(CustomerVersionRow), aliased(CustomerVersionRow)
        replaced = select(func.max(earlier.id)).where(earlier.customer_id == new.customer_id, earlier.id <= above)
        before = _parts(tx, who.id.in_(select(replaced.correlate(new).scalar_subquery()).where(new.id > above)), current=False)
        _move(tx, before, _parts(tx, who.id > above))


def _lock(tx: Tx) -> None:
    if tx.dialect == "postgresql":
        tx.connection.execute(select(func.pg_advisory_xact_lock(LOCK)))


def _covered(tx: Tx, score: int, customer: int) -> bool:
    """Return True if the kept totals are those of the book up to these numbers; an empty book's are none."""
    return _kept(tx) == (score, customer) or (score, customer) == (0, 0)


def _parts(tx: Tx, *conditions: Any, current: bool = True) -> _Parts:
    """Count customers' versions that meet the conditions, and are current, with their current scores."""
    who, score = CustomerVersionRow, ScoreVersionRow
    keys = (who.department, who.sector, who.country, score.currency)
    late = func.count(func.nullif(score.days_past_due > 0, False))
    figures = (
        *(func.coalesce(func.sum(type_coerce(column, BigInteger)), 0) for column in (score.expected_loss, score.ead)),
        *(func.count(), func.count(score.expected_loss), func.count(score.ead), func.count(score.pd), late),
    )
    scored = and_(score.customer_id == who.customer_id, score.superseded_at.is_(None))
    query = select(*keys, *figures).select_from(who).outerjoin(score, scored).where(*conditions).group_by(*keys)
    if current:
        query = query.where(who.superseded_at.is_(None))
    width = len(_KEYS)
    return {tuple(row[:width]): tuple(int(figure) for figure in row[width:]) for row in fetched_rows(tx, query)}


def _move(tx: Tx, before: _Parts, after: _Parts) -> None:
    """Move the kept totals by the difference of two counts of some customers."""
    nothing = (0,) * len(_FIGURES)
    steps = {key: _added(after.get(key, nothing), before.get(key, nothing), -1) for key in before.keys() | after.keys()}
    table: Any = ScoreTotalRow.__table__
    query = select(*(table.c[name] for name in _KEYS), table.c.id, *(type_coerce(table.c[name], BigInteger) for name in _FIGURES))
    kept = {tuple(row[: len(_KEYS)]): (row[len(_KEYS)], row[len(_KEYS) + 1 :]) for row in fetched_rows(tx, query)}
    fresh: _Parts = {}
    for key, step in steps.items():
        if key not in kept:
            fresh[key] = step
        elif step != nothing:
            id, figures = kept[key]
            now, row = _values(_added(figures, step)), table.c.id == id
            tx.connection.execute(update(table).where(row).values(now) if now["customers"] else delete(table).where(row))
    _insert(tx, fresh)
    _note(tx, _last(tx))


def _added(figures: Sequence[int], others: Sequence[int], sign: int = 1) -> tuple[int, ...]:
    return tuple(one + sign * other for one, other in zip(figures, others, strict=True))


def _values(figures: Sequence[int]) -> dict[str, Any]:
    found = dict(zip(_FIGURES, figures, strict=True))
    return found | {name: Decimal(found[name]) / MONEY_SCALE for name in _SUMS}


def _insert(tx: Tx, parts: _Parts) -> None:
    rows = [dict(zip(_KEYS, key, strict=True)) | _values(figures) for key, figures in parts.items() if any(figures)]
    if rows:
        tx.connection.execute(insert(ScoreTotalRow), rows)


def _note(tx: Tx, through: tuple[int, int]) -> None:
    tx.connection.execute(delete(ScoreTotalStateRow))
    tx.connection.execute(insert(ScoreTotalStateRow).values(id=1, score=through[0], customer=through[1]))


def _last(tx: Tx) -> tuple[int, int]:
    score, customer = tx.connection.execute(_LAST).one()
    return int(score), int(customer)


def _kept(tx: Tx) -> tuple[int, int] | None:
    row = tx.connection.execute(_STATE).one_or_none()
    return None if row is None else (row.score, row.customer)


# --- asking ----------------------------------------------------------------------------------------------------------


def of(tx: Tx, ranked_by: str, filters: Mapping[str, str]) -> Totals | None:
    """Return the totals of all scored customers that pass the filters; None where nobody has counted this book for this reader.

    Args:
        ranked_by: the figure without which a customer is unranked; a grade has everybody, and who is not ``late`` has no arrears.
    """
    if not usable(tx) or ranked_by not in _RANKED:
        return None
    wanted = {name: value.lower() for name, value in filters.items()}
    row = _summed(tx, _RANKED[ranked_by], tuple(sorted(wanted)), **wanted).one()
    *figures, currency = row
    customers, loss, ead, with_loss, with_ead, with_rank = (figure or 0 for figure in figures)
    sums = (Decimal(loss), Decimal(ead))
    return Totals(customers, *sums, customers - with_loss, customers - with_ead, customers - with_rank, currency, change=None)


def customers(tx: Tx, filters: Mapping[str, str]) -> int | None:
    """Return the number of all customers that pass the filters, scored or not; None where nobody has counted it for this reader."""
    if not usable(tx):
        return None
    wanted = {name: value.lower() for name, value in filters.items()}
    return _number(tx, tuple(sorted(wanted)), **wanted).scalar_one() or 0


def usable(tx: Tx) -> bool:
    """Return True if the kept totals are those of this reader's book."""
    return tx.sight.everything and _kept(tx) == _last(tx)


@prepared
def _summed(_tx: Tx, ranked: str, filtered: tuple[str, ...], **wanted: Any) -> Any:
    total = ScoreTotalRow
    amount = total.ead.type
    columns = (
        func.sum(total.customers),
        func.sum(total.expected_loss, type_=amount),
        func.sum(total.ead, type_=amount),
        func.sum(total.with_expected_loss),
        func.sum(total.with_ead),
        func.sum(getattr(total, ranked)),
        func.min(total.currency),
    )
    return select(*columns).where(total.currency.is_not(None), *_matching(filtered, wanted))


@prepared
def _number(_tx: Tx, filtered: tuple[str, ...], **wanted: Any) -> Any:
    return select(func.sum(ScoreTotalRow.customers)).where(*_matching(filtered, wanted))


def _matching(filtered: tuple[str, ...], wanted: Mapping[str, Any]) -> list[Any]:
    return [func.lower(getattr(ScoreTotalRow, name)) == wanted[name] for name in filtered]


def unchanged_since(tx: Tx, at: datetime) -> bool:
    """Return True if no score and no customer has changed after a moment, so that the present answer is that moment's."""
    for table in (ScoreVersionRow, CustomerVersionRow):
        newest = tx.connection.execute(select(table.known_at).order_by(table.id.desc()).limit(1)).scalar_one_or_none()
        if newest is not None and newest > at:
            return False
    return True
