"""Schedules, payments, projections, guarantees and incidents as columns."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
from sqlalchemy import case, func, select

from risk_engine.credit import Places
from risk_engine.days import NO_DATE
from risk_engine.facts.facts import Guarantees, Incidents, Instalments, Payments, Projections
from storage.customers.customers import known
from storage.database import Tx
from storage.queries.columns import amounts, dates, day, floats, scaled
from storage.queries.prepared import Prepared, prepared
from storage.schema import (
    FacilityVersionRow,
    GuaranteeVersionRow,
    ImportRow,
    IncidentVersionRow,
    InstalmentVersionRow,
    PaymentVersionRow,
    ProjectionVersionRow,
)
from storage.scoring.score_facts.asked import Asked, whose
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


def _of_facilities(tx: Tx, table: Any, columns: list[Any], at: Any, order: Any, who: dict[str, Any]) -> Any:
    line = FacilityVersionRow
    query = select(line.customer_id, table.facility, *columns).join(line, (line.facility == table.facility) & known(line, at))
    return query.where(known(table, at), *whose(tx, line.customer_id, **who)).order_by(order)


def _instalments(tx: Tx, *, at: Any, **who: Any) -> Any:
    table = InstalmentVersionRow
    return _of_facilities(tx, table, [day(tx, table.due), scaled(table.principal), scaled(table.interest)], at, table.due, who)


def _payments(tx: Tx, *, at: Any, **who: Any) -> Any:
    table = PaymentVersionRow
    return _of_facilities(tx, table, [day(tx, table.paid), day(tx, table.booked), scaled(table.amount)], at, table.paid, who)


_INSTALMENTS, _PAYMENTS = Prepared(_instalments), Prepared(_payments)


def instalments(tx: Tx, book: Book | Asked, lines: Lines, at: datetime | None) -> Instalments:
    """Every facility's schedule as agreed."""
    owner, (names, due, principal, interest) = (
        book.ask(tx, _INSTALMENTS, at=at) if isinstance(book, Asked) else owned(tx, book, _instalments(tx, at=at))
    )
    return Instalments(owner, lines.places(owner, names), dates(due), amounts(principal), amounts(interest))


def payments(tx: Tx, book: Book | Asked, lines: Lines, at: datetime | None) -> Payments:
    """Return the payments by value date."""
    owner, (names, paid, booked, amount) = (
        book.ask(tx, _PAYMENTS, at=at) if isinstance(book, Asked) else owned(tx, book, _payments(tx, at=at))
    )
    return Payments(owner, lines.places(owner, names), dates(paid), dates(booked), amounts(amount))


@prepared
def _fed_until(_tx: Tx, *, at: Any) -> Any:
    table = ImportRow
    return select(func.max(table.at)).where(table.kind == "payments", *([] if at is None else [table.at <= at]))


def fed_until(tx: Tx, at: datetime | None) -> np.datetime64:
    """Return the day on which a file of payments was last loaded; NaT without any."""
    found = _fed_until(tx, at=at).scalar_one()
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
