"""Parts of the book, by department and sector, for digests and lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, func, select, true

from storage.customers.customers import known
from storage.database import Tx
from storage.schema import CustomerVersionRow
from storage.visibility import visible


@dataclass(frozen=True, slots=True)
class Scope:
    """A part of the book; None is all of it."""

    department: str | None = None
    sector: str | None = None


ALL = Scope()

Customer: TypeAlias = SQLColumnExpression[str] | SQLColumnExpression[str | None]


def within(tx: Tx, customer: Customer, scope: Scope) -> ColumnElement[bool]:
    """Return the condition that a visible customer belongs to a part of the book now; words match in any case."""
    return and_(true(), *part(customer, scope), *visible(tx, customer))


def part(customer: Customer, scope: Scope) -> list[ColumnElement[bool]]:
    """Return the conditions that a customer belongs to a part of the book, regardless of visibility."""
    wanted = [
        func.lower(getattr(CustomerVersionRow, column)) == value.lower()
        for column in ("department", "sector")
        if (value := getattr(scope, column)) is not None
    ]
    if not wanted:
        return []
    return [customer.in_(select(CustomerVersionRow.customer_id).where(known(CustomerVersionRow, None), *wanted))]
