"""The newest reading of each indicator that is scored or watched, as columns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import func, select

from risk_engine.days import NO_DATE
from risk_engine.facts.facts import Dates, Floats, Places, Readings
from risk_engine.indicators import derived
from risk_engine.indicators import price_moves as price_moves_of
from risk_engine.policy.policy import Policy
from storage.customers.customers import known
from storage.database import Tx
from storage.queries.columns import dates, day, floats
from storage.schema import ObservationVersionRow
from storage.scoring.score_facts.owned import Book, coded, numbers, owned


def read(tx: Tx, book: Book, policy: Policy, as_of: date, at: datetime | None) -> dict[str, Readings]:
    """Return each indicator's newest value that is not too old; on one date, the latest source wins."""
    table = ObservationVersionRow
    names = sorted({*policy.scoring.card.measures, *derived.STATEMENTS, *(derived.called(kri.indicator) for kri in policy.kri)})
    spelled = {spelling: place for place, name in enumerate(names) for spelling in derived.spellings(name)}
    latest = func.row_number().over(
        partition_by=(table.customer_id, table.indicator), order_by=(table.as_of.desc(), table.known_at.desc(), table.id.desc())
    )
    oldest = as_of - timedelta(days=policy.scoring.reading_max_age_days)
    ranked = (
        select(table.customer_id, table.indicator, table.value, table.id, table.as_of, table.known_at, latest.label("place"))
        .where(
            table.indicator.in_(sorted(spelled)),
            table.as_of <= as_of,
            table.as_of >= oldest,
            known(table, at),
            table.value.is_not(None),
            *book.where(tx, table.customer_id),
        )
        .subquery()
    )
    columns = (ranked.c.customer_id, ranked.c.indicator, ranked.c.value, ranked.c.id, day(tx, ranked.c.as_of))
    # of two spellings of one indicator the newer reading comes last, and stays
    query = select(*columns).where(ranked.c.place == 1).order_by(ranked.c.as_of, ranked.c.known_at, ranked.c.id)
    owner, (indicators, values, ids, days) = owned(tx, book, query)
    words = coded(indicators)
    place = words.made(lambda word: float(spelled[word]), -1).astype(np.int64)
    return {name: _one(book, owner, place == at_, floats(values), numbers(ids), dates(days)) for at_, name in enumerate(names)}


def _one(book: Book, owner: np.ndarray, which: np.ndarray, values: np.ndarray, ids: np.ndarray, days: Dates) -> Readings:
    found, known_by = np.full(len(book), np.nan), np.zeros(len(book), dtype=np.int64)
    dated = np.full(len(book), NO_DATE)
    found[owner[which]], known_by[owner[which]], dated[owner[which]] = values[which], ids[which], days[which]
    return Readings(found, known_by, dated)


def moves(tx: Tx, book: Book, policy: Policy, as_of: date, at: datetime | None) -> dict[str, Readings]:
    """Return the newest values derived from reported prices that the policy watches or scores."""
    names = sorted({*policy.scoring.card.measures, *(kri.indicator for kri in policy.kri)} & derived.PRICES.keys())
    if not names:
        return {}
    owner, days, found = price_moves(tx, book, names, as_of, at)
    fresh = days >= np.datetime64(as_of - timedelta(days=policy.scoring.reading_max_age_days))
    nothing = np.zeros(len(owner), dtype=np.int64)
    # the rows are in the order of their days, so that the newest of a customer stays
    return {name: _one(book, owner, fresh & ~np.isnan(values), values, nothing, days) for name, values in found.items()}


def price_moves(
    tx: Tx, book: Book, names: Sequence[str], as_of: date, at: datetime | None, where: Sequence[Any] = ()
) -> tuple[Places, Dates, dict[str, Floats]]:
    """Return each price's customer and day, and the indicators' values from it; NaN for other prices."""
    table, prices = ObservationVersionRow, derived.prices_needed(names)
    query = select(table.customer_id, table.indicator, day(tx, table.as_of), table.value).where(
        table.indicator.in_(prices), table.as_of <= as_of, known(table, at), table.value.is_not(None), *where
    )
    owner, (indicators, days, values) = owned(tx, book, query.order_by(table.as_of, table.known_at, table.id))
    which, on, told = coded(indicators).among(prices).astype(np.int64), dates(days), floats(values)
    # one a day, of several the one that was heard last; by customer, price and day
    order = np.lexsort((np.arange(len(owner)), on, which, owner))
    last = np.ones(len(order), dtype=bool)
    place = owner[order] * len(prices) + which[order]
    last[:-1] = (np.diff(place) != 0) | (np.diff(on[order]) != np.timedelta64(0, "D"))
    order, place = order[last], place[last]
    before = price_moves_of.earlier(place, on[order], told[order])
    columns = {price: np.where(which[order] == number, told[order], np.nan) for number, price in enumerate(prices)}
    columns |= {f"{price}.before": before for price in prices}
    return owner[order], on[order], {name: derived.PRICES[name].of(columns) for name in names}
