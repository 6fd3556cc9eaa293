"""Where a score comes from: every fact that it looked at, down to file and row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from storage import scores
from storage.currencies import rates
from storage.customers import known
from storage.database import Tx
from storage.schema import FacilityVersionRow, ImportRow, RateVersionRow, RatingVersionRow
from storage.scores import Score


@dataclass(frozen=True, slots=True)
class Input:
    """One fact: what it says, as of when, and where it stands; ``used`` is False for a letter that did not count."""

    kind: str
    name: str
    value: str
    as_of: date | None
    file: str
    row: int
    used: bool = True


def inputs(tx: Tx, score: Score, *, rate_max_age_days: int) -> list[Input]:
    """Ratings, facilities and rates as they were known to the run that made this score."""
    run = scores.run(tx, score.run_id)
    lent = list(_facilities(tx, score, run))
    currencies = {fact.value.split()[0] for fact in lent} - {score.currency}
    ways = rates(tx, currencies, score.currency, as_of=run.as_of, max_age_days=rate_max_age_days, known_at=run.at)
    quotes = {id for way in ways.values() for id in way.quotes}
    return [*_ratings(tx, score, run), *lent, *_rates(tx, quotes)]


def _ratings(tx: Tx, score: Score, run: scores.Run) -> Iterator[Input]:
    table = RatingVersionRow
    query = (
        select(table.id, table.agency, table.rating, table.as_of, ImportRow.file, table.file_row)
        .join(ImportRow, ImportRow.id == table.import_id)
        .where(table.customer_id == score.customer, known(table, run.at), table.as_of <= run.as_of)
        .order_by(table.as_of.desc(), table.agency)
    )
    for id, agency, letter, as_of, file, row in tx.connection.execute(query):
        yield Input("rating", agency, letter, as_of, file, row, used=id == score.rating_id)


def _facilities(tx: Tx, score: Score, run: scores.Run) -> Iterator[Input]:
    table = FacilityVersionRow
    query = (
        select(table.facility, table.currency, table.outstanding, table.limit, table.as_of, ImportRow.file, table.file_row)
        .join(ImportRow, ImportRow.id == table.import_id)
        .where(table.customer_id == score.customer, known(table, run.at))
        .order_by(table.facility)
    )
    for name, currency, drawn, limit, as_of, file, row in tx.connection.execute(query):
        yield Input("facility", name, f"{currency} {drawn:,.2f} / {limit:,.2f}", as_of, file, row)


def _rates(tx: Tx, ids: set[int]) -> Iterator[Input]:
    table = RateVersionRow
    query = (
        select(table.currency, table.base, table.rate, table.as_of, ImportRow.file, table.file_row)
        .join(ImportRow, ImportRow.id == table.import_id)
        .where(table.id.in_(ids))
        .order_by(table.currency, table.base)
    )
    for currency, base, rate, as_of, file, row in tx.connection.execute(query):
        yield Input("rate", f"{currency}/{base}", f"{rate:g}", as_of, file, row)
