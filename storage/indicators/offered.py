"""Figures of customers' scores over time; the present score counts as of the requested day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time

import numpy as np
from sqlalchemy import or_, select

from risk_engine.facts.facts import Dates, Floats, Places
from storage import figure_blobs
from storage.database import Tx
from storage.queries.columns import dates, day
from storage.schema import ScoreRunRow, ScoreVersionRow
from storage.scoring.score_facts.asked import Asked
from storage.scoring.score_facts.owned import owned


def read(
    tx: Tx, indicators: Collection[str], asked: Asked, as_of: date, at: datetime | None, *, since: date
) -> tuple[Places, Dates, dict[str, Floats]]:
    """Return each score's customer, its day, and the requested figures.

    Scores that others replaced before ``since`` are left out.
    A score is of the day of its run; the one that holds is of today, as it is made anew every day.
    """
    table, run = ScoreVersionRow, ScoreRunRow
    query = select(table.customer_id, day(tx, run.as_of), run.figures, table.figures)
    query = query.join(run, run.id == table.run_id).where(*asked.where(tx, table.customer_id), run.as_of <= as_of)
    query = query.where(or_(table.superseded_at.is_(None), table.superseded_at >= datetime.combine(since, time(), UTC)))
    query = query.where(*([] if at is None else [table.known_at <= at])).order_by(table.id)
    owner, (days, names, blobs) = owned(tx, asked.book, query)
    # the versions of a customer follow each other, and the last one holds
    last = np.ones(len(owner), dtype=bool)
    last[:-1] = owner[1:] != owner[:-1]
    dated = np.where(last, np.datetime64(as_of), dates(days))
    return owner, dated, {name: figure_blobs.column(names, blobs, name) for name in indicators}
