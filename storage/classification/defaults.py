"""Defaults on record: written by score runs as versions, and read as they were judged up to a day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
from sqlalchemy import insert, select, update

from risk_engine.categorical import Coded
from risk_engine.credit import Places
from risk_engine.facts.facts import Defaults
from risk_engine.scoring.default_rows import DefaultRows
from storage import rows
from storage.database import Tx
from storage.queries.among import among
from storage.queries.columns import dates, day, fetched
from storage.schema import DefaultVersionRow

_CHUNK = 500
_OF_CUSTOMER = ""
_DAYS, _MASKS = ("since", "ended", "cured"), ("entered", "reasons")


def write(tx: Tx, found: DefaultRows, customers: np.ndarray, *, run_id: int, as_of: date, at: datetime) -> None:
    """Write the defaults of these customers that differ from those on record, each as a version of this run.

    Args:
        customers: the ids of the scored customers; ``found.owner`` are places in it.
    """
    table = DefaultVersionRow
    rows.loaded(tx, table, run_id, above=rows.last_id(tx, table))
    who, facility = customers[found.owner], np.where(found.facility == None, _OF_CUSTOMER, found.facility)  # noqa: E711 a column of objects
    ids, differs = _compared(tx, found, who, facility)
    # an end is no new default: only what is on record can end
    fresh = np.flatnonzero(differs & ((ids > 0) | (np.isnat(found.cured) & ~found.voided)))
    replaced = ids[fresh][ids[fresh] > 0].tolist()
    for start in range(0, len(replaced), _CHUNK):
        tx.connection.execute(update(table).where(table.id.in_(replaced[start : start + _CHUNK])).values(superseded_at=at))
    if len(fresh):
        columns = {name: getattr(found, name)[fresh].tolist() for name in (*_DAYS, *_MASKS, "voided")}
        columns |= {"customer_id": who[fresh].tolist(), "facility": facility[fresh].tolist()}
        same = {"run_id": run_id, "as_of": as_of, "known_at": at}
        tx.connection.execute(insert(table), [same | dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)])


def _compared(tx: Tx, found: DefaultRows, who: np.ndarray, facility: np.ndarray) -> tuple[Places, np.ndarray]:
    """Return the current version of each default, 0 without one, and whether it differs."""
    table = DefaultVersionRow
    columns = (*(day(tx, getattr(table, name)) for name in _DAYS), *(getattr(table, name) for name in _MASKS), table.voided)
    query = select(table.customer_id, table.facility, table.id, *columns).where(table.superseded_at.is_(None))
    owner, of, ids, *values = fetched(tx, query.where(among(tx, table.customer_id, sorted(set(who.tolist())))))
    there = {key: place for place, key in enumerate(zip(owner.tolist(), of.tolist(), strict=True))}
    place = np.array([there.get(key, -1) for key in zip(who.tolist(), facility.tolist(), strict=True)], dtype=np.int64)
    differs = place < 0
    for name, column in zip((*_DAYS, *_MASKS, "voided"), values, strict=True):
        before = (dates(column) if name in _DAYS else column).astype(np.int64)
        differs |= np.append(before, 0)[place] != getattr(found, name).astype(np.int64)
    return np.append(ids, 0)[place].astype(np.int64), differs


def read(tx: Tx, places: Any, facilities: Any, where: Any, *, as_of: date, at: datetime | None) -> Defaults:
    """Return every default on record, as last judged up to the day.

    Args:
        places: returns the place of each customer, -1 for one outside the book.
        where: returns the conditions on a column of customers' ids.
        facilities: returns the place of each named facility among its owner's, -1 where it is not there any more.
    """
    table = DefaultVersionRow
    columns = (day(tx, table.since), table.entered, table.reasons, day(tx, table.ended), day(tx, table.cured), table.voided)
    query = select(table.customer_id, table.facility, table.id, *columns).where(table.as_of <= as_of)
    query = query.where(*where(tx, table.customer_id), *([] if at is None else [table.known_at <= at])).order_by(table.as_of, table.id)
    customers, names, ids, since, entered, reasons, ended, cured, voided = fetched(tx, query)
    newest = _last_of_each(Coded.of(customers).codes, Coded.of(names).codes)
    kept = newest[~voided[newest].astype(bool)]
    owner: Places = places(customers[kept])
    order = np.argsort(owner, kind="stable")
    order = order[int((owner < 0).sum()) :]
    owner, kept = owner[order], kept[order]
    named = np.where(names[kept] == _OF_CUSTOMER, None, names[kept])
    number, entered, reasons = (column[kept].astype(np.int64) for column in (ids, entered, reasons))
    since, ended, cured = (dates(column[kept]) for column in (since, ended, cured))
    return Defaults(owner, facilities(owner, named), number, since, entered, reasons, ended, cured)


def _last_of_each(one: np.ndarray, other: np.ndarray) -> Places:
    """Return the place of the last row of each pair of codes, in the order of the rows."""
    pairs = one.astype(np.int64) * (int(other.max(initial=0)) + 1) + other
    _pairs, back = np.unique(pairs[::-1], return_index=True)
    found: Places = np.sort(len(pairs) - 1 - back)
    return found
