"""Defaults on record: written by score runs as versions, and read as they were judged up to a day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
from sqlalchemy import insert, select, update

from risk_engine.credit import Places
from risk_engine.days import NO_DATE
from risk_engine.facts.facts import Defaults
from risk_engine.scoring.default_rows import DefaultRows
from storage import rows
from storage.database import Tx
from storage.queries.columns import dates, day
from storage.schema import DefaultVersionRow

_CHUNK = 500
_OF_CUSTOMER = ""


def write(tx: Tx, found: DefaultRows, customers: np.ndarray, *, run_id: int, as_of: date, at: datetime) -> None:
    """Write the defaults of these customers that differ from those on record, each as a version of this run.

    Args:
        customers: the ids of the scored customers; ``found.owner`` are places in it.
    """
    table = DefaultVersionRow
    rows.loaded(tx, table, run_id, above=rows.last_id(tx, table))
    wanted = [customers[place] for place in found.owner.tolist()]
    current = _current(tx, sorted(set(wanted)))
    fresh, replaced = [], []
    for place, customer in enumerate(wanted):
        values = _values(found, place)
        before = current.get((customer, values["facility"]))
        # an end is no new default: only what is on record can end
        if before is None and (values["cured"] or values["voided"]):
            continue
        if before is None or _differs(before, values):
            fresh.append({"run_id": run_id, "customer_id": customer, "as_of": as_of, "known_at": at, **values})
            replaced += [before["id"]] if before is not None else []
    for start in range(0, len(replaced), _CHUNK):
        tx.connection.execute(update(table).where(table.id.in_(replaced[start : start + _CHUNK])).values(superseded_at=at))
    if fresh:
        tx.connection.execute(insert(table), fresh)


def _current(tx: Tx, customers: list[str]) -> dict[tuple[str, str], Any]:
    table, found = DefaultVersionRow, {}
    for start in range(0, len(customers), _CHUNK):
        query = select(*table.__table__.columns)
        query = query.where(table.superseded_at.is_(None), table.customer_id.in_(customers[start : start + _CHUNK]))
        for row in tx.connection.execute(query).mappings():
            found[row["customer_id"], row["facility"]] = row
    return found


def _values(found: DefaultRows, place: int) -> dict[str, Any]:
    """Return a default's cells."""
    days = {name: getattr(found, name)[place] for name in ("since", "ended", "cured")}
    return {
        "facility": found.facility[place] or _OF_CUSTOMER,
        **{name: None if np.isnat(value) else value.item() for name, value in days.items()},
        "entered": int(found.entered[place]),
        "reasons": int(found.reasons[place]),
        "voided": bool(found.voided[place]),
    }


def _differs(before: Any, values: dict[str, Any]) -> bool:
    return any(before[name] != value for name, value in values.items())


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
    found = tx.connection.execute(query).all()
    newest = {(row[0], row[1]): row for row in found}
    kept = [row for row in newest.values() if not row[8]]
    owner: Places = places(np.array([row[0] for row in kept], dtype=object))
    order = np.argsort(owner, kind="stable")
    order = order[int((owner < 0).sum()) :]
    chosen, owner = [kept[place] for place in order.tolist()], owner[order]
    names = np.array([row[1] or None for row in chosen], dtype=object)
    since, ended, cured = (_dates([row[place] for row in chosen]) for place in (3, 6, 7))
    number, entered, reasons = (np.array([row[place] for row in chosen], dtype=np.int64) for place in (2, 4, 5))
    return Defaults(owner, facilities(owner, names), number, since, entered, reasons, ended, cured)


def _dates(values: list[Any]) -> np.ndarray:
    return dates(np.array(values, dtype=object)) if values else np.full(0, NO_DATE)
