"""Approved judgements about default as columns."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
from sqlalchemy import select

from risk_engine.facts.facts import Judgements
from storage.classification.approved_judgements import Approved
from storage.database import Tx
from storage.queries.columns import dates, day, day_of
from storage.schema import JudgementRow
from storage.scoring.score_facts.owned import Book, coded, numbers, owned


def judgements(tx: Tx, book: Book, as_of: date, at: datetime | None) -> Judgements:
    """Return the judgements of the day and of before, as approved by ``at``; the last day of an ended one is that before its end.

    An end counts from the day of its approval, so that the score of that day shows it.
    """
    table, approved = JudgementRow, Approved(at)
    columns = (table.id, table.kind, day(tx, table.since), day(tx, table.until), day_of(tx, approved.ended_at))
    query = approved.only(select(table.customer_id, *columns)).where(table.since <= as_of).order_by(table.id)
    owner, (ids, kinds, since, until, ends) = owned(tx, book, query)
    # of two last days the earlier one counts; a missing one is none
    last = np.fmin(dates(until), dates(ends) - np.timedelta64(1, "D"))
    return Judgements(owner, numbers(ids), coded(kinds), dates(since), last)
