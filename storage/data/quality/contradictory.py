"""Contradictory facts: pairs that cannot both be true."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, func, literal, select

from storage.customers.customers import known
from storage.customers.exposure_ranking import number
from storage.data.quality import conduct, lending, twins
from storage.data.quality.finding import Check, Question, Terms, line
from storage.data.quality.missing import WHO
from storage.data.quality.newest import newest_reading, newest_statement
from storage.schema import FacilityVersionRow, ObservationVersionRow, StatementVersionRow
from storage.types import MONEY_SCALE

STATEMENT, FACILITY, READING = StatementVersionRow, FacilityVersionRow, ObservationVersionRow


def amount(column: Any) -> Any:
    """Return an amount as a plain number, for display beside another."""
    return number(column) / float(MONEY_SCALE)


def questions(terms: Terms) -> Iterator[Question]:
    """Yield a question for each pair of facts that must agree."""
    yield Check.BALANCE, _unbalanced(terms)
    for part, whole in (("cash", "current_assets"), ("current_assets", "total_assets")):
        yield Check.PART_OVER_WHOLE, _part_over_whole(terms, part, whole)
    yield Check.SOURCES_DISAGREE, _sources(terms)
    yield Check.DRAWN_OVER_LIMIT, _over_limit(terms)
    yield Check.ARREARS_DISAGREE, _arrears(terms)
    yield Check.CURRENCIES_DISAGREE, _currencies(terms)
    yield from lending.contradictions(terms)
    yield from conduct.contradictions(terms)
    yield from twins.questions(terms)


def _statements(terms: Terms) -> Any:
    return and_(known(STATEMENT, None), terms.about(STATEMENT.customer_id))


def _unbalanced(terms: Terms) -> Any:
    assets, funded = number(STATEMENT.total_assets), number(STATEMENT.total_liabilities) + number(STATEMENT.equity)
    shown = line(
        STATEMENT.customer_id,
        value=amount(STATEMENT.total_assets),
        against=funded / float(MONEY_SCALE),
        unit=STATEMENT.currency,
        as_of=STATEMENT.period_end,
        fact=STATEMENT,
    )
    return shown.where(_statements(terms), func.abs(assets - funded) > terms.data.balance_tolerance * func.abs(assets))


def _part_over_whole(terms: Terms, part: str, whole: str) -> Any:
    one, all_of_it = getattr(STATEMENT, part), getattr(STATEMENT, whole)
    shown = line(
        STATEMENT.customer_id,
        about=literal(part),
        value=amount(one),
        against=amount(all_of_it),
        unit=STATEMENT.currency,
        as_of=STATEMENT.period_end,
        fact=STATEMENT,
    )
    return shown.where(_statements(terms), number(one) > number(all_of_it) * (1 + terms.data.balance_tolerance))


def _sources(terms: Terms) -> Any:
    """Return several values on one date; the index alone finds the dates, so only those values are read."""
    since = terms.today - timedelta(days=terms.data.look_back_days)
    twice = (
        select(READING.customer_id, READING.indicator, READING.as_of)
        .where(known(READING, None), terms.about(READING.customer_id), READING.as_of >= since)
        .group_by(READING.customer_id, READING.indicator, READING.as_of)
        .having(func.count() > 1)
        .subquery()
    )
    same = and_(READING.customer_id == twice.c.customer_id, READING.indicator == twice.c.indicator, READING.as_of == twice.c.as_of)
    lowest, highest = func.min(READING.value).label("lowest"), func.max(READING.value).label("highest")
    apart = (
        select(twice.c.customer_id, twice.c.indicator, twice.c.as_of, lowest, highest, func.max(READING.id).label("newest"))
        .join_from(twice, READING, and_(same, known(READING, None)))
        .group_by(twice.c.customer_id, twice.c.indicator, twice.c.as_of)
        .having(highest - lowest > terms.data.source_tolerance * func.max(func.abs(READING.value)))
        .subquery()
    )
    shown = line(
        apart.c.customer_id, about=apart.c.indicator, value=apart.c.lowest, against=apart.c.highest, as_of=apart.c.as_of, fact=READING
    )
    return shown.join_from(apart, READING, READING.id == apart.c.newest)


def _over_limit(terms: Terms) -> Any:
    shown = line(
        FACILITY.customer_id,
        about=FACILITY.facility,
        value=amount(FACILITY.outstanding),
        against=amount(FACILITY.limit),
        unit=FACILITY.currency,
        as_of=FACILITY.as_of,
        fact=FACILITY,
    )
    return shown.where(known(FACILITY, None), terms.about(FACILITY.customer_id), FACILITY.outstanding > FACILITY.limit)


def _arrears(terms: Terms) -> Any:
    """Return the ledger's worst days past due against reported ones, where the dates are close."""
    ledger = (
        select(FACILITY.customer_id, func.max(FACILITY.days_past_due).label("days"), func.max(FACILITY.as_of).label("as_of"))
        .where(known(FACILITY, None), terms.about(FACILITY.customer_id), FACILITY.days_past_due.is_not(None))
        .group_by(FACILITY.customer_id)
        .subquery()
    )
    tolerance = terms.data.arrears_days
    between = terms.days_between(func.coalesce(ledger.c.as_of, literal(terms.today)), READING.as_of)
    shown = line(ledger.c.customer_id, value=ledger.c.days, against=READING.value, as_of=READING.as_of, fact=READING)
    return shown.join_from(ledger, READING, READING.id == newest_reading(ledger.c.customer_id, "days_past_due", terms.today)).where(
        func.abs(ledger.c.days - READING.value) > tolerance, func.abs(between) <= tolerance
    )


def _currencies(terms: Terms) -> Any:
    shown = line(WHO.customer_id, about=WHO.currency, unit=STATEMENT.currency, as_of=STATEMENT.period_end, fact=STATEMENT)
    return shown.join_from(WHO, STATEMENT, STATEMENT.id == newest_statement(WHO.customer_id, terms.today)).where(
        known(WHO, None), terms.about(WHO.customer_id), WHO.currency != STATEMENT.currency
    )
