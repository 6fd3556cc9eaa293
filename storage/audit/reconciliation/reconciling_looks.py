"""Reconciliation of the read log with the trail."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Text, select, type_coerce

from risk_engine.audit.events import AnswerExported, DetailRead, FiguresShown
from risk_engine.events import kinds
from storage.audit.reconciliation.differences import Difference, Discrepancy, Tally
from storage.database import Tx
from storage.row_digests.cells import portions
from storage.schema import DisclosureRow, EventRow

_TABLE = DisclosureRow.__tablename__
# events about all the customers that they name
SHOWN = kinds(DetailRead, FiguresShown, AnswerExported)


def differences(tx: Tx, tally: Tally) -> Iterator[Discrepancy]:
    """Yield every customer that is named in an event only, or in the table only."""
    row = EventRow
    query = select(row.id, type_coerce(row.payload, Text)).where(row.kind.in_(SHOWN))
    last = 0
    for portion in portions(tx, query, row.id):
        yield from _compared(_said(portion), _rows(tx, last, portion[-1][0]), tally)
        last = portion[-1][0]
    yield from _compared({}, _rows(tx, last, None), tally)


def _said(portion: list[Any]) -> dict[int, set[str] | None]:
    return {id: None if payload is None else _customers(payload) for id, payload in portion}


def _customers(payload: str) -> set[str]:
    try:
        facts = json.loads(payload)
    except ValueError:
        # not written by this product; the verification of the chain reports it
        return set()
    named = facts.get("customers") if isinstance(facts, dict) else None
    return set(named) if isinstance(named, list) else set()


def _rows(tx: Tx, above: int, last: int | None) -> dict[int, set[str]]:
    table = DisclosureRow
    query = select(table.event_id, table.customer_id).where(table.event_id > above)
    found: dict[int, set[str]] = {}
    for event, customer in tx.connection.execute(query if last is None else query.where(table.event_id <= last)):
        found.setdefault(event, set()).add(customer)
    return found


def _compared(said: dict[int, set[str] | None], rows: dict[int, set[str]], tally: Tally) -> Iterator[Discrepancy]:
    for event in sorted({*said, *rows}):
        named, there = said.get(event, set()), rows.get(event, set())
        if named is None:
            tally.erased += len(there)
            continue
        tally.compared += len(there)
        for customer in sorted(named ^ there):
            difference = Difference.GONE if customer in named else Difference.UNKNOWN
            yield Discrepancy(_TABLE, f"{event}/{customer}", difference, event=event if customer in named else None)
