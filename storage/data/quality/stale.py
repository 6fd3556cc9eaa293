"""Stale facts: those too old to rely on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import Date, and_, exists, func, or_, select, type_coerce
from sqlalchemy.orm import aliased

from storage.customers.customers import known
from storage.data.quality.finding import Check, Question, Terms, line
from storage.data.quality.lending import old_valuations
from storage.data.quality.missing import WHO
from storage.data.quality.newest import newest_rating, newest_statement
from storage.queries.columns import day, day_of
from storage.schema import FacilityVersionRow, ProjectionVersionRow, RateVersionRow, RatingVersionRow, StatementVersionRow


def questions(terms: Terms) -> Iterator[Question]:
    """Yield a question for each kind of fact that becomes outdated."""
    today, data = terms.today, terms.data
    asked = and_(known(WHO, None), terms.about(WHO.customer_id))
    rating, statement, facility = RatingVersionRow, StatementVersionRow, FacilityVersionRow
    # an entry without a day of its own is as old as its last change
    dated = type_coerce(func.coalesce(day(terms.tx, facility.as_of), day_of(terms.tx, facility.known_at)), Date)
    yield (
        Check.OLD_RATING,
        line(WHO.customer_id, about=rating.rating, as_of=rating.as_of, fact=rating)
        .join_from(WHO, rating, rating.id == newest_rating(WHO.customer_id, today))
        .where(asked, rating.as_of < today - timedelta(days=data.rating_days)),
    )
    yield (
        Check.OLD_STATEMENT,
        line(WHO.customer_id, as_of=statement.period_end, fact=statement)
        .join_from(WHO, statement, statement.id == newest_statement(WHO.customer_id, today))
        .where(asked, statement.period_end < today - timedelta(days=data.statement_days)),
    )
    yield (
        Check.OLD_FACILITY,
        line(facility.customer_id, about=facility.facility, as_of=dated, fact=facility).where(
            known(facility, None), terms.about(facility.customer_id), dated < today - timedelta(days=data.facility_days)
        ),
    )
    yield Check.OLD_RATE, _old_rates(terms)
    yield old_valuations(terms)
    yield Check.OLD_PROJECTION, _old_projections(terms)


def _old_rates(terms: Terms) -> Any:
    facility, rate = FacilityVersionRow, RateVersionRow
    newest = select(rate.currency, func.max(rate.as_of).label("as_of")).where(known(rate, None), rate.as_of <= terms.today)
    rates = newest.group_by(rate.currency).subquery()
    query = line(None, about=rates.c.currency, as_of=rates.c.as_of).join_from(rates, facility, facility.currency == rates.c.currency)
    return query.where(
        known(facility, None),
        terms.about(facility.customer_id),
        rates.c.as_of < terms.today - timedelta(days=terms.policy.scoring.rate_max_age_days),
    ).distinct()


def _old_projections(terms: Terms) -> Any:
    """Return the newest projections of periods to come that are too old, each by its last period."""
    table, newer = ProjectionVersionRow, aliased(ProjectionVersionRow)
    of_it = newer.customer_id == table.customer_id, known(newer, None), newer.projected <= terms.today, newer.period_end > terms.today
    later = or_(newer.projected > table.projected, and_(newer.projected == table.projected, newer.period_end > table.period_end))
    shown = line(table.customer_id, as_of=table.projected, fact=table)
    return shown.where(
        known(table, None),
        terms.about(table.customer_id),
        table.projected < terms.today - timedelta(days=terms.data.projection_days),
        table.period_end > terms.today,
        ~exists().where(*of_it, later),
    )
