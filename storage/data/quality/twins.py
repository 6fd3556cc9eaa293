"""Customers and facilities that are probably one under two ids."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import aliased

from storage.customers.customers import known
from storage.data.quality.finding import Check, Question, Terms, line
from storage.names import NARROW, WIDE
from storage.schema import CustomerVersionRow, FacilityVersionRow
from storage.visibility import visible


def questions(terms: Terms) -> Iterator[Question]:
    """Yield a question for ids that differ in case or width only, for names with two ids, and for ids that are another's name."""
    who, facility = CustomerVersionRow, FacilityVersionRow
    yield Check.IDS_ALIKE, _alike(terms, who, who.customer_id, _folded(terms, who.customer_id))
    yield Check.FACILITIES_ALIKE, _alike(terms, facility, facility.facility, _folded(terms, facility.facility))
    yield Check.ONE_NAME, _alike(terms, who, who.customer_id, who.name_key)
    yield Check.ONE_NAME, _another_name(terms)


def _alike(terms: Terms, table: Any, id: Any, key: Any) -> Any:
    """Return the visible facts that share a key with another id, each with that other one."""
    groups = (
        select(key.label("key"), func.min(id).label("first"), func.max(id).label("last"))
        .where(known(table, None), *visible(terms.tx, table.customer_id))
        .group_by(key)
        .having(func.count() > 1, func.min(id) != func.max(id))
        .subquery()
    )
    other = case((id == groups.c.first, groups.c.last), else_=groups.c.first)
    shown = line(table.customer_id, about=other, fact=table).join_from(groups, table, key == groups.c.key)
    return shown.where(known(table, None), terms.about(table.customer_id), groups.c.key != "")


def _another_name(terms: Terms) -> Any:
    """Return customers whose id is another's name, or whose other name, such as a registration number, is another's id."""
    who, other = CustomerVersionRow, aliased(CustomerVersionRow)
    same = or_(other.name_key == func.lower(who.customer_id), other.customer_id == who.aliases)
    shown = line(who.customer_id, about=other.customer_id, fact=who)
    return shown.join_from(who, other, and_(same, other.customer_id != who.customer_id)).where(
        known(who, None), known(other, None), terms.about(who.customer_id), *visible(terms.tx, other.customer_id)
    )


def _folded(terms: Terms, id: Any) -> Any:
    """Return an id in small letters of usual width, on either database."""
    if terms.tx.dialect == "postgresql":
        return func.lower(func.translate(id, WIDE, NARROW))
    # without a call for each id: hardly any is beyond ASCII
    return case((id.op("GLOB")("*[^ -~]*"), func.lower(func.narrowed(id))), else_=id).collate("NOCASE")
