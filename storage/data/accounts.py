"""Accounts on record: their customers, and the months that a file may replace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select

from storage.customers.customers import known
from storage.data.files.refusals import Accepted
from storage.data.files.staged_movements import StagedMovements
from storage.database import Tx
from storage.schema import AccountMonthVersionRow, CustomerRow, FacilityVersionRow

_CHUNK = 500


def name_customers(tx: Tx, staged: StagedMovements) -> None:
    """Find the customers of accounts for which the file names none: on record, a loan's borrower, or a customer with that id."""
    months, lent = AccountMonthVersionRow, FacilityVersionRow
    sources = (
        (CustomerRow.id, select(CustomerRow.id, CustomerRow.id)),
        (lent.facility, select(lent.facility, lent.customer_id).where(known(lent, None))),
        (months.account, select(months.account, months.customer_id).where(known(months, None)).order_by(months.month)),
    )
    for accounts in staged.unowned():
        for some in _chunked(accounts):
            found: dict[str, str] = {}
            for column, query in sources:
                # a later source, and a later month, counts more
                found |= {account: who for account, who in tx.connection.execute(query.where(column.in_(some)))}  # noqa: C416 rows are no pairs
            staged.own(found)
    staged.refuse_unowned()


def refuse_parts(tx: Tx, staged: StagedMovements) -> None:
    """Refuse months for which the file has fewer transactions than are on record: a month is replaced as a whole, or not at all."""
    staged.refuse_months(list(_parts(tx, staged)))


def _parts(tx: Tx, staged: StagedMovements) -> Iterator[tuple[str, str, Accepted]]:
    table: Any = AccountMonthVersionRow
    columns = (table.account, table.month, table.movements, table.gaps, table.first, table.last, table.until)
    for months in staged.months():
        for some in _chunked(months):
            asked = table.account.in_({month[0] for month in some}), table.movements.is_not(None)
            query = select(*columns).where(known(table, None), *asked)
            stored = {(row.account, row.month.isoformat()): row for row in tx.connection.execute(query)}
            for account, month, movements, gaps, first, last, until in some:
                row = stored.get((account, month))
                if row is None:
                    continue
                begins, ends, to = (day.isoformat() for day in (row.first, row.last, row.until))
                if movements < row.movements or first > begins or last < ends or until < to:
                    there = {"movements": row.movements, "first": begins, "last": ends, "until": to}
                    yield account, month, Accepted("month_on_record", there | {"found": movements, "from": first, "to": last})
                elif gaps > row.gaps:
                    yield account, month, Accepted("no_gaps", {"gaps": gaps, "recorded": row.gaps})


def _chunked(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK))
