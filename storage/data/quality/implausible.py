"""Implausible facts: values that cannot be true on their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, case, extract, func, literal, or_, select

from storage.customers.customers import known
from storage.customers.exposure_ranking import number
from storage.data.quality.contradictory import FACILITY, READING, STATEMENT, amount
from storage.data.quality.finding import Check, Question, Terms, line
from storage.data.quality.missing import WHO
from storage.data.quality.newest import newest_reading
from storage.schema import RatingVersionRow
from storage.types import MONEY_SCALE

_MONTHS = 12


def questions(terms: Terms) -> Iterator[Question]:
    """Yield a question for each implausible kind of value."""
    for column in ("total_assets", "revenue"):
        yield Check.NEGATIVE, _negative(terms, column)
    for indicator, (lowest, highest) in terms.data.plausible.items():
        yield Check.OUT_OF_BOUNDS, _out_of_bounds(terms, indicator, lowest, highest)
    yield Check.UNIT_SLIP, _unit_slip(terms)
    yield Check.MONTHS_IN_YEAR, _months_in_year(terms)
    for column in ("rate", "eir"):
        yield Check.RATE_OUT_OF_BOUNDS, _rates(terms, column)
    for column in ("lgd", "ccf"):
        yield Check.SMALL_SHARE, _small(terms, column)
    yield Check.MATURED, _matured(terms)
    for what, table, day in (
        ("observation", READING, READING.as_of),
        ("rating", RatingVersionRow, RatingVersionRow.as_of),
        ("statement", STATEMENT, STATEMENT.period_end),
        ("facility", FACILITY, FACILITY.as_of),
    ):
        shown = line(table.customer_id, about=literal(what), as_of=day, fact=table)
        yield Check.FUTURE, shown.where(known(table, None), terms.about(table.customer_id), day > terms.today)


def _negative(terms: Terms, column: str) -> Any:
    value = getattr(STATEMENT, column)
    shown = line(
        STATEMENT.customer_id,
        about=literal(column),
        value=amount(value),
        unit=STATEMENT.currency,
        as_of=STATEMENT.period_end,
        fact=STATEMENT,
    )
    return shown.where(known(STATEMENT, None), terms.about(STATEMENT.customer_id), number(value) < 0)


def _out_of_bounds(terms: Terms, indicator: str, lowest: float, highest: float) -> Any:
    # the bound that was exceeded
    bound = case((READING.value < lowest, lowest), else_=highest)
    shown = line(WHO.customer_id, about=literal(indicator), value=READING.value, against=bound, as_of=READING.as_of, fact=READING)
    shown = shown.join_from(WHO, READING, READING.id == newest_reading(WHO.customer_id, indicator, terms.today))
    beyond = or_(READING.value < lowest, READING.value > highest)
    return shown.where(known(WHO, None), terms.about(WHO.customer_id), beyond)


def _unit_slip(terms: Terms) -> Any:
    """Return total assets that changed implausibly from one statement to the next of its kind."""
    same = (STATEMENT.customer_id, STATEMENT.months, STATEMENT.basis, STATEMENT.currency)
    assets = number(STATEMENT.total_assets)
    pairs = (
        select(
            STATEMENT.id, assets.label("assets"), func.lag(assets).over(partition_by=same, order_by=STATEMENT.period_end).label("before")
        )
        .where(known(STATEMENT, None), terms.about(STATEMENT.customer_id), assets > 0)
        .subquery()
    )
    slip = terms.data.unit_slip
    shown = line(
        STATEMENT.customer_id,
        value=pairs.c.assets / float(MONEY_SCALE),
        against=pairs.c.before / float(MONEY_SCALE),
        unit=STATEMENT.currency,
        as_of=STATEMENT.period_end,
        fact=STATEMENT,
    )
    return shown.join_from(pairs, STATEMENT, STATEMENT.id == pairs.c.id).where(
        or_(pairs.c.assets >= slip * pairs.c.before, pairs.c.assets * slip <= pairs.c.before)
    )


def _months_in_year(terms: Terms) -> Any:
    """Return statements of one length whose periods, all ending in one year, have more than twelve months."""
    year = extract("year", STATEMENT.period_end)
    months = STATEMENT.months * func.count()
    groups = (
        select(months.label("months"), func.max(STATEMENT.id).label("id"))
        # the last twelve months are stated every quarter
        .where(known(STATEMENT, None), terms.about(STATEMENT.customer_id), STATEMENT.months != _MONTHS)
        .group_by(STATEMENT.customer_id, STATEMENT.basis, STATEMENT.months, year)
        .having(months > _MONTHS)
        .subquery()
    )
    shown = line(STATEMENT.customer_id, value=groups.c.months, as_of=STATEMENT.period_end, fact=STATEMENT)
    return shown.join_from(groups, STATEMENT, STATEMENT.id == groups.c.id)


def _rates(terms: Terms, column: str) -> Any:
    """Return interest rates beyond their bounds: 0.75 is 75 %, and may be meant as 0.75 %."""
    lowest, highest = terms.data.rates
    value = getattr(FACILITY, column)
    bound = case((value < lowest, lowest), else_=highest)
    shown = line(FACILITY.customer_id, about=FACILITY.facility, value=value, against=bound, as_of=FACILITY.as_of, fact=FACILITY)
    return shown.where(known(FACILITY, None), terms.about(FACILITY.customer_id), or_(value < lowest, value > highest))


def _small(terms: Terms, column: str) -> Any:
    """Return shares that are so small that they were probably divided by a hundred twice."""
    value = getattr(FACILITY, column)
    shown = line(FACILITY.customer_id, about=FACILITY.facility, value=value, as_of=FACILITY.as_of, fact=FACILITY)
    return shown.where(known(FACILITY, None), terms.about(FACILITY.customer_id), value > 0, value < terms.data.least_share)


def _matured(terms: Terms) -> Any:
    shown = line(
        FACILITY.customer_id,
        about=FACILITY.facility,
        value=amount(FACILITY.outstanding),
        unit=FACILITY.currency,
        as_of=FACILITY.maturity,
        fact=FACILITY,
    )
    over = and_(FACILITY.maturity < func.coalesce(FACILITY.as_of, literal(terms.today)), number(FACILITY.outstanding) > 0)
    return shown.where(known(FACILITY, None), terms.about(FACILITY.customer_id), over)
