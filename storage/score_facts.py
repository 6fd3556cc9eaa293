"""What a scoring looks at, as columns: the facts as they were known at a moment, dated not after a day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
from sqlalchemy import Select, and_, func, or_, select

from risk_engine.assessment import Kind
from risk_engine.breach import State
from risk_engine.credit import Places
from risk_engine.scoring import Facilities, Facts, Ratings, Troubles
from risk_engine.scoring_policy import Scoring
from storage.columns import amounts, dates, day, day_of, fetched, floats, scaled
from storage.currencies import rates
from storage.customers import known
from storage.database import Tx
from storage.schema import BreachRow, CustomerVersionRow, FacilityVersionRow, RatingVersionRow, RiskRow


def read(tx: Tx, policy: Scoring, *, as_of: date, at: datetime | None = None) -> Facts:
    """The facts of the whole book; ``at`` is the moment whose knowledge counts, None is now."""
    (ids,) = fetched(tx, select(CustomerVersionRow.customer_id).where(known(CustomerVersionRow, at)))
    customers = np.sort(ids.astype(str))
    facilities = _facilities(tx, customers, at)
    currencies = {str(currency) for currency in np.unique(facilities.currencies.astype(str))}
    return Facts(
        customers=customers.astype(object),
        ratings=_ratings(tx, customers, as_of, at),
        facilities=facilities,
        breaches=_breaches(tx, customers, at),
        threats=_threats(tx, customers, at),
        rates=rates(tx, currencies, policy.currency, as_of=as_of, max_age_days=policy.rate_max_age_days, known_at=at),
    )


def _owned(tx: Tx, customers: Any, query: Select[Any]) -> tuple[Places, list[Any]]:
    """The columns of a query whose first one is the customer: that one as a place, the others as they are."""
    ids, *columns = fetched(tx, query)
    if not len(customers):
        return np.empty(0, dtype=np.int64), [column[:0] for column in columns]
    wanted = ids.astype(str)
    place = np.minimum(np.searchsorted(customers, wanted), len(customers) - 1)
    there = customers[place] == wanted
    return place[there], [column[there] for column in columns]


def _ratings(tx: Tx, customers: Any, as_of: date, at: datetime | None) -> Ratings:
    table = RatingVersionRow
    newest = func.row_number().over(partition_by=(table.customer_id, table.agency, table.scale), order_by=table.as_of.desc())
    ranked = (
        select(table.customer_id, table.id, table.agency, table.scale, table.rating, table.as_of, newest.label("place"))
        .where(known(table, at), table.as_of <= as_of)
        .subquery()
    )
    wanted = (ranked.c.customer_id, ranked.c.id, ranked.c.agency, ranked.c.scale, ranked.c.rating, day(tx, ranked.c.as_of))
    owner, (ids, agencies, scales, letters, days) = _owned(tx, customers, select(*wanted).where(ranked.c.place == 1).order_by(ranked.c.id))
    return Ratings(owner, ids.astype(np.int64), agencies, scales, letters, dates(days))


def _facilities(tx: Tx, customers: Any, at: datetime | None) -> Facilities:
    table = FacilityVersionRow
    query = select(
        table.customer_id,
        table.facility,
        table.kind,
        table.currency,
        scaled(table.limit),
        scaled(table.outstanding),
        table.ccf,
        table.lgd,
        table.seniority,
        table.days_past_due,
        day(tx, table.as_of),
    )
    owner, columns = _owned(tx, customers, query.where(known(table, at)).order_by(table.facility))
    names, kinds, currencies, limits, outstanding, ccf, lgd, seniorities, late, days = columns
    return Facilities(
        owner,
        names,
        kinds,
        currencies,
        amounts(limits),
        amounts(outstanding),
        floats(ccf),
        floats(lgd),
        seniorities,
        floats(late),
        dates(days),
    )


def _breaches(tx: Tx, customers: Any, at: datetime | None) -> Troubles:
    table = BreachRow
    still = table.state != State.CLOSED.value
    open_ = still if at is None else and_(table.opened_at <= at, or_(still, table.closed_at > at))
    query = select(table.customer_id, table.id, table.colour, table.value, day(tx, table.as_of)).where(open_).order_by(table.id)
    return _troubles(*_owned(tx, customers, query))


def _threats(tx: Tx, customers: Any, at: datetime | None) -> Troubles:
    table = RiskRow
    logged = [] if at is None else [table.logged_at <= at]
    query = select(table.customer_id, table.id, table.level, table.level, day_of(tx, table.logged_at))
    return _troubles(*_owned(tx, customers, query.where(table.open, table.kind == Kind.THREAT.value, *logged).order_by(table.id)))


def _troubles(owner: Places, columns: list[Any]) -> Troubles:
    numbers, badness, values, days = columns
    return Troubles(owner, numbers.astype(np.int64), floats(badness), floats(values), dates(days))
