"""The ledger's indicators follow the facilities: from one owner to another, and on the day on which a load arrives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from commands.indicators import standings
from risk_engine.indicators.monitoring import Colour
from storage.customers import customers
from storage.indicators import values
from storage.scoring.score_facts.asked import Asked
from storage.sight import EVERYTHING
from tests.commands.conftest import Book
from tests.commands.indicators.test_one_value import LATER, lend, open_breaches, score, shown
from tests.conftest import MONDAY

HEAD = "id,customer,kind,currency,limit,outstanding,days_past_due,as_of"


def series_of(book: Book, customer: str, name: str) -> list[tuple[str, float | None]]:
    with book.database.begin(EVERYTHING) as tx:
        found = values.settled(tx, book.policy, [name], Asked.of([customer]), as_of=MONDAY.date())[name]
    return [(str(day), None if value != value else value) for day, value in zip(found.days.tolist(), found.values.tolist(), strict=True)]


def test_a_facility_that_passes_to_another_customer_takes_its_arrears_along(one_book):
    lend(one_book, "K1,EUR,100,96,45,2026-10-31")
    one_book.load("facilities", f"{HEAD}\nK1,NORD,revolver,EUR,100,96,45,2026-11-20\n", at=LATER)
    score(one_book)

    assert shown(one_book, "Days past due") is None or shown(one_book, "Days past due")[0] == "–"
    assert series_of(one_book, "NOVA", "days_past_due") == [("2026-10-31", 45.0), ("2026-11-23", None)]
    assert sorted(kri for kri, *_rest in open_breaches(one_book, "NORD")) == ["Days past due", "Limit utilisation"]


def test_the_facilities_that_stay_are_all_that_the_old_owner_has(one_book):
    lend(one_book, "K1,EUR,100,50,45,2026-10-31", "K2,EUR,100,50,0,2026-10-31")
    one_book.load("facilities", f"{HEAD}\nK1,NORD,revolver,EUR,100,50,45,2026-11-20\n", at=LATER)

    assert shown(one_book, "Days past due")[0] == "0 days"
    assert open_breaches(one_book) == []


def test_a_facility_that_comes_back_counts_again(one_book):
    lend(one_book, "K1,EUR,100,50,45,2026-10-31")
    one_book.load("facilities", f"{HEAD}\nK1,NORD,revolver,EUR,100,50,45,2026-11-10\n", at=LATER)
    lend(one_book, "K1,EUR,100,50,50,2026-11-20", at=LATER + timedelta(minutes=1))

    assert open_breaches(one_book) == [("Days past due", Colour.RED, 50.0, "ledger")]
    assert open_breaches(one_book, "NORD") == []


@pytest.mark.parametrize(("zone", "at"), [("America/New_York", datetime(2026, 11, 24, 2, tzinfo=UTC)), ("Asia/Shanghai", MONDAY)])
def test_a_ledger_without_a_day_counts_from_the_moment_of_its_load_in_every_zone(one_book, zone, at):
    digest = one_book.policy.digest.model_copy(update={"timezone": zone})
    one_book.policy = one_book.policy.model_copy(update={"digest": digest})
    lend(one_book, "K1,EUR,100,50,45,", at=at)

    assert open_breaches(one_book) == [("Days past due", Colour.RED, 45.0, "ledger")]
    with one_book.database.begin(EVERYTHING) as tx:
        states = standings(tx, one_book.policy, customers.get(tx, "NOVA"), today=at.astimezone(ZoneInfo(zone)).date())
    assert [(one.newest.value, one.newest.as_of) for one in states if one.kri.name == "Days past due"] == [
        (45.0, at.astimezone(ZoneInfo(zone)).date())
    ]
