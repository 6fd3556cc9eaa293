"""The list of facilities across customers: by maturity, filtered and paged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import and_, func, select

from storage.customers.customers import known
from storage.database import Tx
from storage.queries.one_of import Value, matching
from storage.schema import CustomerVersionRow, FacilityVersionRow
from storage.visibility import seen


class FacilityOrder(StrEnum):
    """The order of the list: the soonest end first, or by customer."""

    DUE = "due"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class FacilityFilters:
    """Filters of the list; None means all. ``after`` and ``until`` bound the maturity."""

    sector: Value | None = None
    country: Value | None = None
    department: Value | None = None
    after: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class FacilityLine:
    """A facility of the list, with its customer."""

    facility: str
    customer: str
    name: str
    kind: str
    currency: str
    outstanding: Decimal
    maturity: date | None
    days_past_due: int | None


def facilities(tx: Tx, filters: FacilityFilters, order: FacilityOrder, *, limit: int, offset: int = 0) -> tuple[int, list[FacilityLine]]:
    """Return the number of facilities that pass the filters, and a page of them."""
    lent, who = FacilityVersionRow, CustomerVersionRow
    conditions = [known(lent, None), *seen(tx, who)]
    columns = ("sector", "country", "department")
    conditions += [matching(getattr(who, column), value) for column in columns if (value := getattr(filters, column)) is not None]
    conditions += [] if filters.after is None else [lent.maturity >= filters.after]
    conditions += [] if filters.until is None else [lent.maturity <= filters.until]
    pair = and_(who.customer_id == lent.customer_id, known(who, None))
    total = tx.connection.execute(select(func.count()).select_from(lent).join(who, pair).where(*conditions)).scalar_one()
    query = select(
        *(lent.facility, lent.customer_id, who.name, lent.kind, lent.currency, lent.outstanding, lent.maturity, lent.days_past_due)
    ).join(who, pair)
    first = [lent.maturity.asc().nulls_last()] if order is FacilityOrder.DUE else [who.name_key, lent.maturity.asc().nulls_last()]
    rows = tx.connection.execute(query.where(*conditions).order_by(*first, lent.facility).limit(limit).offset(offset))
    return total, [FacilityLine(*row) for row in rows]
