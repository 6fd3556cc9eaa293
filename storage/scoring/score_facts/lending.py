"""Ratings and facilities as columns."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
from sqlalchemy import func, or_, select

from risk_engine.classification.evidence import later
from risk_engine.facts.facts import Facilities, Ratings
from storage.customers.customers import known
from storage.database import Tx
from storage.queries.columns import amounts, dates, day, day_of, floats, scaled
from storage.schema import FacilityVersionRow, RatingVersionRow
from storage.scoring.score_facts.owned import Book, coded, flags, numbers, owned


def ratings(tx: Tx, book: Book, as_of: date, at: datetime | None, *, months: int) -> tuple[Ratings, Ratings]:
    """Return each agency's newest letter of each customer, and the letters before it that held within so many months."""
    table, start = RatingVersionRow, later(np.array([as_of], dtype="datetime64[D]"), -months)[0].item()
    parts = (table.customer_id, table.agency, table.scale)
    until = func.lead(table.as_of).over(partition_by=parts, order_by=table.as_of).label("until")
    held = (
        select(table.customer_id, table.id, table.agency, table.scale, table.rating, table.as_of, until)
        # the database does not always carry a condition on the whole into its parts
        .where(known(table, at), table.as_of <= as_of, *book.where(tx, table.customer_id))
        .subquery()
    )
    wanted = (held.c.customer_id, held.c.id, held.c.agency, held.c.scale, held.c.rating, day(tx, held.c.as_of), held.c.until.is_(None))
    query = select(*wanted).where(or_(held.c.until.is_(None), held.c.until > start)).order_by(held.c.id)
    owner, (ids, agencies, scales, letters, days, newest) = owned(tx, book, query)
    found, kept = Ratings(owner, numbers(ids), coded(agencies), coded(scales), coded(letters), dates(days)), newest.astype(bool)
    return found.where(kept), found.where(~kept)


def facilities(tx: Tx, book: Book, as_of: date, at: datetime | None) -> Facilities:
    """Return every facility, sorted by name within a customer; one without a day is of the day of its load."""
    table = FacilityVersionRow
    columns = (
        table.id, table.facility, table.kind, table.currency, scaled(table.limit), scaled(table.outstanding), table.ccf, table.lgd,
        table.seniority, table.days_past_due, day(tx, table.as_of), day(tx, table.maturity), table.rate, table.rate_kind, table.eir,
        table.origination_rating, table.forborne, table.restructured, table.phase, scaled(table.overdue),
        table.non_accrual, scaled(table.provision), scaled(table.best_estimate_loss),
        day(tx, table.restructured_on), table.restructuring_loss,
        day_of(tx, table.known_at),
    )  # fmt: skip
    query = select(table.customer_id, *columns).where(known(table, at)).order_by(table.facility)
    owner, found = owned(tx, book, query)
    ids, names, kinds, currencies, limits, drawn, ccf, lgd, seniorities, late, days, ends, rate, rate_kinds, eir, *others = found
    origination, forborne, restructured, phases, overdue, non_accrual, provision, best, restructured_on, lost, heard = others
    dated = dates(days)
    return Facilities(
        owner=owner,
        ids=numbers(ids),
        names=names,
        kinds=coded(kinds),
        currencies=coded(currencies),
        limits=amounts(limits),
        outstanding=amounts(drawn),
        ccf=floats(ccf),
        lgd=floats(lgd),
        seniorities=coded(seniorities),
        days_past_due=floats(late),
        as_of=dated,
        # an evening's load west of Greenwich is of the next day by UTC, which has not come
        dated=np.where(np.isnat(dated), np.minimum(dates(heard), np.datetime64(as_of)), dated),
        maturity=dates(ends),
        rate=floats(rate),
        rate_kinds=coded(rate_kinds),
        eir=floats(eir),
        origination=coded(origination),
        forborne=flags(forborne),
        restructured=floats(restructured),
        phases=coded(phases),
        overdue=amounts(overdue),
        non_accrual=flags(non_accrual),
        provision=amounts(provision),
        best_estimate_loss=amounts(best),
        restructured_on=dates(restructured_on),
        restructuring_loss=floats(lost),
    )
