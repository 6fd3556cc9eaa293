"""The newest reading of each indicator that is scored or watched, as columns."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
from sqlalchemy import func, select

from risk_engine.days import NO_DATE
from risk_engine.facts.facts import Dates, Readings
from risk_engine.indicators import derived
from risk_engine.policy.policy import Policy
from storage.columns import dates, day, floats
from storage.customers.customers import known
from storage.database import Tx
from storage.schema import ObservationVersionRow
from storage.scoring.score_facts.owned import Book, coded, numbers, owned


def read(tx: Tx, book: Book, policy: Policy, as_of: date, at: datetime | None) -> dict[str, Readings]:
    """Each indicator's newest value that is not too old; of one date the source that was heard last."""
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
            table.indicator.in_(sorted(spelled)), table.as_of <= as_of, table.as_of >= oldest, known(table, at), table.value.is_not(None)
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
