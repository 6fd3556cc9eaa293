"""Reconciliation of tables whose rows are stated one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select

from storage.audit.reconciliation.differences import Difference, Discrepancy, Tally
from storage.audit.reconciliation.said import Said
from storage.database import Tx
from storage.row_digests import cells, stating
from storage.row_digests.cells import Cell
from storage.row_digests.covered import Rows
from storage.row_digests.stating import Statement

# before events stated rows, a start put its policy in force without an event
_WITHOUT_EVENTS = ("policy_version", "policy_in_force")


def differences(tx: Tx, of: Rows, said: Said, tally: Tally) -> Iterator[Discrepancy]:
    """Yield every row of a table that differs from the trail."""
    unseen = dict(said.rows.get(of.name, {}))
    for place, (key, row) in enumerate(_rows(tx, of), 1):
        if place % cells.CHUNK == 0:
            tally.looked(cells.CHUNK)
        yield from _compared(of, key, row, unseen.pop(key, None), said, tally)
    for key, (event, statement) in unseen.items():
        if statement is not None:
            yield Discrepancy(of.name, key, Difference.GONE, trail=cells.shown(statement), event=event)


def _rows(tx: Tx, of: Rows) -> Iterator[tuple[str, Sequence[Cell]]]:
    query = select(*of.key, *(cells.spelled(tx, column) for column in of.columns)).order_by(*of.key)
    width = len(of.key)
    for row in tx.connection.execute(query, execution_options={"yield_per": cells.CHUNK}):
        yield stating.spelled(row[:width]), row[width:]


def _compared(
    of: Rows, key: str, row: Sequence[Cell], known: tuple[int, Statement] | None, said: Said, tally: Tally
) -> Iterator[Discrepancy]:
    values = of.stated(row)
    event, statement = known or (0, None)
    if statement == (cells.digest(values) if isinstance(statement, str) else values):
        tally.compared += 1
    elif said.excuse(of.subject(values), event, tally) or (known is None and _had_none(of, said, tally)):
        tally.rows.setdefault(of.name, {})[key] = cells.digest(values)
    else:
        tally.compared += 1
        yield from _different(of.name, key, values, statement, event)


def _had_none(of: Rows, said: Said, tally: Tally) -> bool:
    without = of.name in _WITHOUT_EVENTS and said.baseline is None and bool(said.older)
    tally.before += without
    return without


def _different(table: str, key: str, values: dict[str, Cell], statement: Statement, event: int) -> Iterator[Discrepancy]:
    if statement is None:
        yield Discrepancy(table, key, Difference.UNKNOWN, row=cells.shown(values), event=event or None)
    elif isinstance(statement, str):
        yield Discrepancy(table, key, Difference.CHANGED, row=cells.shown(values), trail=statement, event=event)
    else:
        for column in dict.fromkeys((*values, *statement)):
            if values.get(column) != statement.get(column):
                yield Discrepancy(table, key, Difference.CHANGED, column, values.get(column), statement.get(column), event=event)
