"""The newest reading of each indicator of the scorecard, as columns."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
from sqlalchemy import func, select

from risk_engine.facts.facts import Readings
from risk_engine.financials.financial_figures import OBSERVED
from risk_engine.policy.policy import Policy
from storage.columns import floats
from storage.customers.customers import known
from storage.database import Tx
from storage.schema import ObservationVersionRow
from storage.scoring.score_facts.owned import Book, coded, numbers, owned


def read(tx: Tx, book: Book, policy: Policy, as_of: date, at: datetime | None) -> dict[str, Readings]:
    """Return each indicator's newest recent reading; of one date the most recently known source."""
    table = ObservationVersionRow
    wanted = sorted({*policy.scoring.card.measures, *OBSERVED})
    latest = func.row_number().over(
        partition_by=(table.customer_id, table.indicator), order_by=(table.as_of.desc(), table.known_at.desc(), table.id.desc())
    )
    oldest = as_of - timedelta(days=policy.scoring.reading_max_age_days)
    ranked = (
        select(table.customer_id, table.indicator, table.value, table.id, latest.label("place"))
        .where(table.indicator.in_(wanted), table.as_of <= as_of, table.as_of >= oldest, known(table, at))
        .subquery()
    )
    query = select(ranked.c.customer_id, ranked.c.indicator, ranked.c.value, ranked.c.id).where(ranked.c.place == 1)
    owner, (indicators, values, ids) = owned(tx, book, query)
    place = coded(indicators).among(wanted)
    return {name: _one(book, owner, place == at, floats(values), numbers(ids)) for at, name in enumerate(wanted)}


def _one(book: Book, owner: np.ndarray, which: np.ndarray, values: np.ndarray, ids: np.ndarray) -> Readings:
    found, known_by = np.full(len(book), np.nan), np.zeros(len(book), dtype=np.int64)
    found[owner[which]], known_by[owner[which]] = values[which], ids[which]
    return Readings(found, known_by)
