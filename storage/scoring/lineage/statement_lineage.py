"""Statements behind a score: the newest, and those that make up its twelve months."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from sqlalchemy import or_, select

from risk_engine.financials.periods import Calendar
from risk_engine.policy.policy import Policy
from storage.customers.customers import known
from storage.database import Tx
from storage.schema import ImportRow, StatementVersionRow
from storage.scoring.scores import Detail, Run

# the newest statement's own year, and the year before it
_YEARS = timedelta(days=2 * 366 + 31)


@dataclass(frozen=True, slots=True)
class Accounts:
    """A statement among the inputs of a score: its total assets, its source, and whether its flows count."""

    name: str
    amounts: tuple[Decimal, ...]
    currency: str | None
    end: date
    file: str
    row: int
    used: bool


def statements(tx: Tx, customer: str, run: Run, detail: Detail, policy: Policy) -> Iterator[Accounts]:
    """Yield each statement that was looked at, the newest first."""
    table = StatementVersionRow
    columns = (table.id, table.period_end, table.months, table.basis, table.currency, table.total_assets, ImportRow.file, table.file_row)
    oldest = run.as_of - timedelta(days=policy.data.statement_days) - _YEARS
    query = select(*columns).join(ImportRow, ImportRow.id == table.import_id)
    query = query.where(table.customer_id == customer, known(table, run.at), table.period_end.between(oldest, run.as_of))
    query = query.where(or_(table.published.is_(None), table.published <= run.as_of)).order_by(table.id)
    found = tx.connection.execute(query).all()
    counts = _counting(found) if "statement" in detail.sources else set()
    for id, end, months, basis, currency, assets, file, row in sorted(found, key=lambda one: (one[1], one[2]), reverse=True):
        yield Accounts(f"{months} M {basis}", () if assets is None else (assets,), currency, end, file, row, id in counts)


def _counting(found: Sequence[Any]) -> set[int]:
    """Return the numbers of the newest statement and of those that complete its twelve months, consolidated if possible."""
    has_group = any(one.basis == "consolidated" for one in found)
    kept = [one for one in found if (one.basis == "consolidated") == has_group]
    ends = np.array([one.period_end for one in kept], dtype="datetime64[D]")
    months = np.array([one.months for one in kept], dtype=np.int64)
    calendar = Calendar(np.zeros(len(kept), dtype=np.int64), ends, months, 1)
    twelve = calendar.twelve(newest := calendar.newest())
    terms = [int(place[0]) for place, sign in zip(twelve.places, twelve.signs, strict=True) if sign[0]]
    return {kept[place].id for place in (int(newest[0]), *terms) if place >= 0}
