"""Schedules, payments, projections, guarantees and incidents as columns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
from sqlalchemy import case, func, select

from risk_engine.credit import Places
from risk_engine.days import NO_DATE
from risk_engine.facts.facts import Guarantees, Incidents, Instalments, Payments, Projections
from storage.columns import amounts, dates, day, floats, scaled
from storage.customers.customers import known
from storage.database import Tx
from storage.schema import (
    FacilityVersionRow,
    GuaranteeVersionRow,
    ImportRow,
    IncidentVersionRow,
    InstalmentVersionRow,
    PaymentVersionRow,
    ProjectionVersionRow,
)
from storage.scoring.score_facts.owned import Book, coded, numbers, owned


class Lines:
    """The place of each facility among those of its owner; the owners are sorted."""

    def __init__(self, owner: Places, names: np.ndarray) -> None:
        self._owner = np.append(owner, -1)
        self._turn = np.append(np.arange(len(owner)) - np.searchsorted(owner, owner), -1)
        self._rows = dict(zip(names.tolist(), range(len(owner)), strict=True))

    def places(self, owner: Places, names: np.ndarray) -> Places:
        """Return each facility's place among its owner's; -1 if none is named, or it is another customer's."""
        rows = self._found(names)
        return np.where(self._owner[rows] == owner, self._turn[rows], -1)

    def secured(self, owner: Places, names: np.ndarray) -> tuple[Places, Places, np.ndarray]:
        """Return whose facility each item of collateral secures, its place among that customer's, and which items secure any.

        An item secures the facility that it names, whoever owes it, or all facilities of its own customer (-1) if it names none. An
        unknown facility secures nothing.
        """
        rows, none = self._found(names), names == None  # noqa: E711 a column of objects
        return np.where(none, owner, self._owner[rows]), np.where(none, -1, self._turn[rows]), none | (rows >= 0)

    def _found(self, names: np.ndarray) -> Places:
        """Return each facility's row; -1 for an unknown one."""
        return np.fromiter((self._rows.get(name, -1) for name in names.tolist()), dtype=np.int64, count=len(names))


def _of_facilities(
    tx: Tx, book: Book, table: Any, columns: list[Any], at: datetime | None, order: Any, where: Sequence[Any]
) -> tuple[Places, list[Any]]:
    line = FacilityVersionRow
    query = select(line.customer_id, table.facility, *columns).join(line, (line.facility == table.facility) & known(line, at))
    return owned(tx, book, query.where(known(table, at), *where).order_by(order))


def instalments(tx: Tx, book: Book, lines: Lines, at: datetime | None, where: Sequence[Any] = ()) -> Instalments:
    """Every facility's schedule as agreed; ``where`` are further conditions on the facility."""
    table = InstalmentVersionRow
    columns = [day(tx, table.due), scaled(table.principal), scaled(table.interest)]
    owner, (names, due, principal, interest) = _of_facilities(tx, book, table, columns, at, table.due, where)
    return Instalments(owner, lines.places(owner, names), dates(due), amounts(principal), amounts(interest))


def payments(tx: Tx, book: Book, lines: Lines, at: datetime | None, where: Sequence[Any] = ()) -> Payments:
    """Return the payments by value date; ``where`` adds conditions on the facility."""
    table = PaymentVersionRow
    columns = [day(tx, table.paid), day(tx, table.booked), scaled(table.amount)]
    owner, (names, paid, booked, amount) = _of_facilities(tx, book, table, columns, at, table.paid, where)
    return Payments(owner, lines.places(owner, names), dates(paid), dates(booked), amounts(amount))


def fed_until(tx: Tx, at: datetime | None) -> np.datetime64:
    """Return the day on which a file of payments was last loaded; NaT without any."""
    table = ImportRow
    newest = select(func.max(table.at)).where(table.kind == "payments", *([] if at is None else [table.at <= at]))
    found = tx.connection.execute(newest).scalar_one()
    return NO_DATE if found is None else np.datetime64(found.date(), "D")


def projections(tx: Tx, book: Book, as_of: date, at: datetime | None) -> Projections:
    """Return each customer's newest projection with a period that ends after the day, and all its periods."""
    table = ProjectionVersionRow
    ahead = case((table.period_end > as_of, table.projected))
    newest = func.max(ahead).over(partition_by=table.customer_id)
    ranked = select(
        table.customer_id,
        table.id,
        table.projected,
        day(tx, table.projected).label("made"),
        table.months,
        day(tx, table.period_end).label("period_end"),
        table.currency,
        scaled(table.cfads).label("cfads"),
        scaled(table.debt_service).label("debt_service"),
        newest.label("newest"),
    )
    # the database does not always carry a condition on the whole into its parts
    limits = book.where(tx, table.customer_id)
    rows = ranked.where(known(table, at), table.projected <= as_of, *limits).subquery()
    wanted = (rows.c.customer_id, rows.c.id, rows.c.made, rows.c.months, rows.c.period_end, rows.c.currency, rows.c.cfads)
    query = select(*wanted, rows.c.debt_service).where(rows.c.projected == rows.c.newest).order_by(rows.c.period_end)
    owner, (ids, made, months, ends, currencies, cfads, service) = owned(tx, book, query)
    return Projections(owner, numbers(ids), dates(made), floats(months), dates(ends), coded(currencies), amounts(cfads), amounts(service))


def incidents(tx: Tx, book: Book, as_of: date, at: datetime | None) -> Incidents:
    """Return the incidents, the oldest first."""
    table = IncidentVersionRow
    query = select(table.customer_id, table.id, table.kind, table.severity, day(tx, table.as_of), day(tx, table.resolved))
    query = query.where(known(table, at), table.as_of <= as_of).order_by(table.as_of, table.id)
    owner, (ids, kinds, severity, days, resolved) = owned(tx, book, query)
    return Incidents(owner, numbers(ids), coded(kinds), numbers(severity), dates(days), dates(resolved))


def guarantees(tx: Tx, book: Book, as_of: date, at: datetime | None) -> Guarantees:
    """Return the guarantees in force on the day."""
    table = GuaranteeVersionRow
    query = select(table.customer_id, table.guarantor).where(known(table, at), table.until.is_(None) | (table.until >= as_of))
    debtor, (who,) = owned(tx, book, query.order_by(table.guarantee))
    guarantor = book.places(who)
    return Guarantees(guarantor[guarantor >= 0], debtor[guarantor >= 0])
