"""New arrears, maturing facilities and overdue readings for a digest.

Each query separates the cases that are new since the previous digest from the earlier ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from risk_engine.policy.policy import Policy
from storage.customers.customers import known
from storage.database import Tx
from storage.indicators import newest
from storage.indicators.newest import Members, Newest
from storage.schema import CustomerVersionRow, FacilityVersionRow
from storage.scope import Scope, part, within


@dataclass(frozen=True, slots=True)
class Facility:
    """A facility with its outstanding amount; the overdue one is None where the ledger does not give it."""

    id: str
    customer: str
    currency: str
    outstanding: Decimal
    days_past_due: int | None
    maturity: date | None
    overdue: Decimal | None


@dataclass(frozen=True, slots=True)
class Crossed:
    """Facilities that crossed a line since the previous digest, and the number that had before.

    ``amounts`` are the outstanding amounts of the new ones by currency; ``overdue`` are the overdue ones, None where the ledger
    leaves one out; ``oldest`` is the longest arrears of the others.
    """

    new: int
    shown: Sequence[Facility]
    amounts: Sequence[tuple[str, Decimal]]
    overdue: Sequence[tuple[str, Decimal]] | None
    before: int
    oldest: int | None


@dataclass(frozen=True, slots=True)
class Waited:
    """A customer whose next reading is due."""

    customer: str
    as_of: date
    stale: bool


def past_due(tx: Tx, scope: Scope, *, since: datetime, until: datetime, limit: int) -> Crossed:
    """Return facilities in arrears at a moment; new are those that were not at the moment before. The longest first."""
    earlier = aliased(FacilityVersionRow)
    arrears = select(earlier.days_past_due).where(earlier.facility == FacilityVersionRow.facility, known(earlier, since))
    new = func.coalesce(arrears.scalar_subquery(), 0) <= 0
    late = and_(known(FacilityVersionRow, until), FacilityVersionRow.days_past_due > 0, within(tx, FacilityVersionRow.customer_id, scope))
    return _crossed(tx, late, new, FacilityVersionRow.days_past_due.desc(), limit)


def maturing(tx: Tx, scope: Scope, *, day_before: date, day: date, ahead: int, since: datetime, until: datetime, limit: int) -> Crossed:
    """Return facilities that mature within ``ahead`` days; new are those newly in range or due. The soonest first."""
    earlier, horizon = aliased(FacilityVersionRow), timedelta(days=ahead)
    known_before = select(earlier.maturity).where(earlier.facility == FacilityVersionRow.facility, known(earlier, since)).scalar_subquery()
    maturity = FacilityVersionRow.maturity
    new = or_(maturity <= day, maturity > day_before + horizon, known_before.is_distinct_from(maturity))
    near = and_(known(FacilityVersionRow, until), maturity > day_before, maturity <= day + horizon)
    return _crossed(tx, and_(near, within(tx, FacilityVersionRow.customer_id, scope)), new, maturity.asc(), limit)


def _crossed(tx: Tx, which: ColumnElement[bool], new: ColumnElement[bool], order: Any, limit: int) -> Crossed:
    table = FacilityVersionRow
    marked = select(
        table.facility,
        table.customer_id,
        table.currency,
        table.outstanding,
        table.days_past_due,
        table.maturity,
        table.overdue,
        case((new, 1), else_=0).label("new"),
    ).where(which)
    found = marked.subquery()
    money = func.sum(found.c.outstanding, type_=table.outstanding.type)
    late = func.sum(found.c.overdue, type_=table.overdue.type)
    columns = (found.c.new, found.c.currency, func.count(), money, func.max(found.c.days_past_due), late, func.count(found.c.overdue))
    totals = tx.connection.execute(select(*columns).group_by(found.c.new, found.c.currency)).all()
    fresh = [row for row in totals if row[0]]
    known_ones = [row for row in totals if not row[0]]
    query = marked.where(new).order_by(order, table.outstanding.desc(), table.facility).limit(limit)
    return Crossed(
        new=sum(row[2] for row in fresh),
        shown=[Facility(*row[:7]) for row in tx.connection.execute(query)] if fresh else [],
        amounts=sorted((row[1], row[3]) for row in fresh),
        overdue=sorted((row[1], row[5]) for row in fresh) if all(row[6] == row[2] for row in fresh) else None,
        before=sum(row[2] for row in known_ones),
        oldest=max((row[4] for row in known_ones if row[4] is not None), default=None),
    )


@dataclass(frozen=True, slots=True)
class Unrenewed:
    """The numbers of readings newly due, newly stale and stale before, and the first of the new ones."""

    due: int
    stale: int
    stale_before: int
    shown: Sequence[Waited]


def unrenewed(tx: Tx, scope: Scope, policy: Policy, *, day_before: date, day: date, until: datetime, limit: int) -> dict[str, Unrenewed]:
    """Return by KRI the customers whose value became due for renewal or stale since a day. The oldest first."""
    who = newest.members(tx, *part(CustomerVersionRow.customer_id, scope))
    found = newest.newest(tx, policy, who, as_of=day, at=until)
    return {name: _unrenewed(who, one, np.datetime64(day_before), np.datetime64(day), limit) for name, one in found.items()}


def _unrenewed(who: Members, found: Newest, day_before: np.datetime64, day: np.datetime64, limit: int) -> Unrenewed:
    renewal, end = (found.days + column.astype("timedelta64[D]") for column in (found.renewed, found.good))
    due, stale = (renewal > day_before) & (renewal <= day), (end >= day_before) & (end < day)
    rows = np.flatnonzero(due | stale)
    rows = rows[np.lexsort((found.places[rows], found.days[rows]))][:limit]
    shown = [Waited(str(who.ids[found.places[row]]), found.days[row].item(), bool(stale[row])) for row in rows.tolist()]
    return Unrenewed(int((due & ~stale).sum()), int(stale.sum()), int((end < day_before).sum()), shown)
