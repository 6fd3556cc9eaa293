"""Missing facts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, distinct, func, literal, select

from storage.customers.customers import known
from storage.data.quality.finding import Check, Question, Terms, line
from storage.data.quality.lending import not_valued, without_a_kind
from storage.schema import CustomerVersionRow, FacilityVersionRow, RateVersionRow, RatingVersionRow, StatementVersionRow
from storage.visibility import visible

WHO = CustomerVersionRow


def questions(terms: Terms) -> Iterator[Question]:
    """Yield a question for each kind of missing fact."""
    asked = and_(known(WHO, None), terms.about(WHO.customer_id))
    for attribute in terms.data.required:
        yield Check.NO_ATTRIBUTE, line(WHO.customer_id, about=literal(attribute), fact=WHO).where(asked, getattr(WHO, attribute).is_(None))
    for check, table in (
        (Check.NO_FACILITY, FacilityVersionRow),
        (Check.NO_RATING, RatingVersionRow),
        (Check.NO_STATEMENT, StatementVersionRow),
    ):
        there = select(table.id).where(table.customer_id == WHO.customer_id, known(table, None)).exists()
        yield check, line(WHO.customer_id, fact=WHO).where(asked, ~there)
    yield Check.NO_RATE, _without_a_rate(terms)
    yield not_valued(terms)
    yield without_a_kind(terms)


def _without_a_rate(terms: Terms) -> Any:
    """Return currencies of facilities without any rate; a book in one currency needs none."""
    facility, rate = FacilityVersionRow, RateVersionRow
    in_use = select(func.count(distinct(facility.currency))).where(known(facility, None), *visible(terms.tx, facility.customer_id))
    priced = select(rate.id).where(known(rate, None), (rate.currency == facility.currency) | (rate.base == facility.currency)).exists()
    query = line(None, about=facility.currency).where(
        known(facility, None), terms.about(facility.customer_id), ~priced, in_use.scalar_subquery() > 1
    )
    return query.distinct()
