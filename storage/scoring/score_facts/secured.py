"""Collateral as columns: the items on file, and the collateral that the ledger states for a facility without items."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
from sqlalchemy import func, select

from risk_engine.categorical import Coded, joined
from risk_engine.credit import Places
from risk_engine.facts.facts import Collateral, Covers
from storage.customers.customers import known
from storage.database import Tx
from storage.queries.columns import amounts, dates, day, day_of, scaled
from storage.schema import CollateralVersionRow, FacilityVersionRow, GuaranteeVersionRow
from storage.scoring.score_facts.agreed import Lines
from storage.scoring.score_facts.owned import Book, coded, flags, numbers, owned


def read(tx: Tx, book: Book, lines: Lines, at: datetime | None) -> Collateral:
    """Return all collateral by the customer whose facilities it secures, which need not be the one who gave it."""
    items = _items(tx, book, lines, at)
    return _together(items, _of_the_ledger(tx, book, lines, at, items))


def _items(tx: Tx, book: Book, lines: Lines, at: datetime | None) -> Collateral:
    table = CollateralVersionRow
    query = select(
        table.customer_id,
        table.facility,
        table.id,
        table.kind,
        table.currency,
        scaled(table.value),
        day(tx, table.valued),
        table.lien,
        scaled(table.prior),
        table.insured,
        table.registered,
    )
    giver, (names, *columns) = owned(tx, book, query.where(known(table, at)).order_by(table.collateral))
    owner, facility, counts = lines.secured(giver, names)
    ids, kinds, currencies, values, valued, liens, prior, insured, registered = (column[counts] for column in columns)
    found = Collateral(
        owner=owner[counts],
        facility=facility[counts],
        ids=numbers(ids),
        kinds=coded(kinds),
        currencies=coded(currencies),
        values=amounts(values),
        valued=dates(valued),
        liens=numbers(liens),
        prior=amounts(prior),
        insured=flags(insured),
        registered=flags(registered),
    )
    return found.by_owner()


def _of_the_ledger(tx: Tx, book: Book, lines: Lines, at: datetime | None, items: Collateral) -> Collateral:
    """Return the collateral stated with a facility that no item secures: of first rank, as of the ledger's day."""
    table = FacilityVersionRow
    told = func.coalesce(day(tx, table.as_of), day_of(tx, table.known_at))
    query = select(table.customer_id, table.facility, table.collateral_kind, table.currency, scaled(table.collateral), told)
    owner, (names, *columns) = owned(tx, book, query.where(known(table, at), scaled(table.collateral) > 0).order_by(table.facility))
    place = lines.places(owner, names)
    counts = ~_secured(items, owner, place)
    kinds, currencies, values, valued = (column[counts] for column in columns)
    count = int(counts.sum())
    return Collateral(
        owner=owner[counts],
        facility=place[counts],
        ids=np.zeros(count, dtype=np.int64),
        kinds=coded(kinds),
        currencies=coded(currencies),
        values=amounts(values),
        valued=dates(valued),
        liens=np.ones(count, dtype=np.int64),
        prior=np.full(count, np.nan),
        insured=np.full(count, np.nan),
        registered=np.full(count, np.nan),
    )


def covers(tx: Tx, book: Book, lines: Lines, as_of: date, at: datetime | None) -> Covers:
    """Return the guarantees in force on the day; one that names a facility which the customer does not owe covers nothing."""
    table = GuaranteeVersionRow
    days = (day(tx, table.start), day(tx, table.until))
    query = select(
        table.customer_id, table.guarantor, table.facility, table.currency, scaled(table.amount), table.integral, *days, table.id
    )
    query = query.where(known(table, at), table.until.is_(None) | (table.until >= as_of)).order_by(table.guarantee)
    owner, (who, names, *columns) = owned(tx, book, query)
    guarantor, place = book.places(who), lines.places(owner, names)
    counts = (guarantor >= 0) & ((place >= 0) | (names == None))  # noqa: E711 a column of objects
    currencies, values, integral, began, until, ids = (column[counts] for column in columns)
    return Covers.of(
        owner[counts],
        place[counts],
        guarantor[counts],
        coded(currencies),
        amounts(values),
        flags(integral),
        ids=numbers(ids),
        began=dates(began),
        until=dates(until),
    )


def _secured(items: Collateral, owner: Places, place: Places) -> np.ndarray:
    """Flag the facilities that an item secures, by name or with all others of their customer."""
    named = set(zip(items.owner.tolist(), items.facility.tolist(), strict=True))
    pairs = zip(owner.tolist(), place.tolist(), strict=True)
    return np.array([(who, turn) in named or (who, -1) in named for who, turn in pairs], dtype=bool)


def _together(first: Collateral, second: Collateral) -> Collateral:
    columns: dict[str, Any] = {}
    for name in Collateral.__dataclass_fields__:
        both = (getattr(first, name), getattr(second, name))
        columns[name] = joined(both) if isinstance(both[0], Coded) else np.concatenate(both)
    return Collateral(**columns).by_owner()
