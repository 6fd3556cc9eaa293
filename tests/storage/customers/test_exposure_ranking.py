"""Drawn amounts that are kept, and the list that is ordered by them: the same as counted and sorted anew, after any load."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage.customers import customer_list, exposure_ranking
from storage.customers.customer_list import BookOrder, Filters, book
from storage.customers.customers import known
from storage.customers.exposure_ranking import Into
from storage.database import Database, Tx
from storage.schema import DrawnRow, FacilityVersionRow
from storage.sight import EVERYTHING
from tests.conftest import MONDAY
from tests.storage.customers.test_customers_as_known import load_into

INTO = Into("EUR", date(2026, 11, 23), 30)
# PLN has no rate, and most amounts are in the first two
CURRENCIES = ("EUR", "EUR", "USD", "USD", "GBP", "PLN")
WHO = [f"K{place:02}" for place in range(40)]


@pytest.fixture
def lent(database: Database, tmp_path: Path) -> Database:
    """Forty customers, and three loads of facilities that change amounts, currencies and borrowers."""
    chance = random.Random(7)
    rows = "".join(f"{id},Name {id[::-1]},{chance.choice(('Energy', 'Retail'))}\n" for id in WHO)
    load_into(database, tmp_path, "customers", f"id,name,sector\n{rows}", MONDAY)
    load_into(database, tmp_path, "rates", "currency,base,as_of,rate\nUSD,EUR,2026-11-20,0.9\nGBP,EUR,2026-11-20,1.2\n", MONDAY)
    for turn, count in enumerate((50, 12, 1)):
        picked = chance.sample(range(60), count)
        loans = "".join(
            f"F{place},{chance.choice(WHO[:35])},term_loan,{chance.choice(CURRENCIES)},900,{chance.choice((0, 7, 7, 80, 300.55, 900))}\n"
            for place in picked
        )
        load_into(
            database, tmp_path, "facilities", f"id,customer,kind,currency,limit,outstanding\n{loans}", MONDAY + timedelta(hours=turn + 1)
        )
    return database


def test_the_kept_amounts_are_the_sums_of_the_facilities(lent: Database):
    table = FacilityVersionRow
    counted = sa.select(table.customer_id, table.currency, sa.func.sum(table.outstanding, type_=table.outstanding.type))
    counted = counted.where(known(table, None)).group_by(table.customer_id, table.currency)
    with lent.begin(EVERYTHING) as tx:
        kept = tx.connection.execute(sa.select(DrawnRow.customer_id, DrawnRow.currency, DrawnRow.amount)).all()
        assert sorted(map(tuple, kept)) == sorted(map(tuple, tx.connection.execute(counted)))
        assert len(kept) > 30


def pages(tx: Tx, filters: Filters) -> list[list[str]]:
    return [
        [line.customer.id for line in book(tx, filters, limit=6, offset=offset, order=BookOrder.EXPOSURE)[1]] for offset in range(0, 48, 6)
    ]


@pytest.mark.parametrize("filters", [Filters(compared=INTO), Filters(compared=INTO, sector="energy")], ids=["all", "a sector"])
def test_the_first_by_exposure_are_those_of_the_whole_book_in_order(lent: Database, monkeypatch, filters: Filters):
    with lent.begin(EVERYTHING) as tx:
        whole = pages(tx, filters)
        tried: list[bool] = []
        monkeypatch.setattr(customer_list, "_FEW", 0)
        monkeypatch.setattr(exposure_ranking, "_DEPTH", 2)

        def leading(*args):
            found = exposure_ranking.leading(*args)
            tried.append(found is not None)
            return found

        monkeypatch.setattr(customer_list, "leading", leading)
        assert pages(tx, filters) == whole
    assert tried[:2] == [True, True]
    # of customers without an exposure everybody is sorted
    assert not all(tried)
