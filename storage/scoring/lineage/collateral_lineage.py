"""Collateral behind a score: the items that secure its facilities, given by anybody, and the ledger's figures for other facilities."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import and_, or_, select

from storage.customers.customers import known
from storage.database import Tx
from storage.queries.columns import scaled
from storage.schema import CollateralVersionRow, FacilityVersionRow, ImportRow
from storage.scoring.scores import Run


@dataclass(frozen=True, slots=True)
class Pledge:
    """An amount of collateral among the inputs of a score, and its source; ``facility`` is None where it secures all."""

    name: str
    kind: str
    value: Decimal
    currency: str
    valued: date | None
    facility: str | None
    file: str
    row: int


def collateral(tx: Tx, customer: str, run: Run, lent: Sequence[str]) -> Iterator[Pledge]:
    """Yield the collateral of a customer's facilities: items by name, then the ledger's figure for a facility without any."""
    items = list(_items(tx, customer, run, lent))
    yield from items
    named = {one.facility for one in items}
    if None not in named:
        yield from (one for one in _of_the_ledger(tx, customer, run) if one.facility not in named)


def _items(tx: Tx, customer: str, run: Run, lent: Sequence[str]) -> Iterator[Pledge]:
    table = CollateralVersionRow
    columns = (table.collateral, table.kind, table.value, table.currency, table.valued, table.facility, ImportRow.file, table.file_row)
    secures = or_(table.facility.in_(lent), and_(table.facility.is_(None), table.customer_id == customer))
    query = select(*columns).join(ImportRow, ImportRow.id == table.import_id).where(secures, known(table, run.at))
    for row in tx.connection.execute(query.order_by(table.collateral)):
        yield Pledge(*row)


def _of_the_ledger(tx: Tx, customer: str, run: Run) -> Iterator[Pledge]:
    table = FacilityVersionRow
    columns = (table.facility, table.collateral_kind, table.collateral, table.currency, table.as_of, table.facility)
    query = select(*columns, ImportRow.file, table.file_row).join(ImportRow, ImportRow.id == table.import_id)
    query = query.where(table.customer_id == customer, known(table, run.at), scaled(table.collateral) > 0).order_by(table.facility)
    for name, kind, value, currency, valued, facility, file, row in tx.connection.execute(query):
        assert value is not None, "an amount above 0"
        yield Pledge(name, kind or "–", value, currency, valued, facility, file, row)
