"""Judging reads as much history as it needs, however long a book has been kept, and finds what the whole history gives."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.clock import Clock
from bot.scoring import scoring
from risk_engine.indicators import series
from risk_engine.indicators.monitoring import Colour
from risk_engine.indicators.series import CHARTED as CHART
from risk_engine.policy.policy import Kri
from storage.indicators import offered
from storage.scoring.score_facts import ledger_days
from storage.scoring.score_facts.asked import Asked
from storage.sight import EVERYTHING
from tests.commands.indicators.test_ledger_owners import HEAD, series_of
from tests.commands.indicators.test_one_value import lend, open_breaches, score
from tests.conftest import MONDAY

YEARS_AGO = MONDAY - timedelta(days=6 * 365)


class FixedClock(Clock):
    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at


def month(number: int) -> date:
    return (YEARS_AGO + timedelta(days=30 * number)).date()


def test_loads_of_years_ago_are_not_read(book):
    for number in range(6):
        at = YEARS_AGO + timedelta(days=30 * number)
        lend(book, f"K1,EUR,100,{50 + number},{number},{month(number)}", at=at)
    for number in range(3):
        at = MONDAY - timedelta(days=90 - 30 * number)
        lend(book, f"K1,EUR,100,{80 + number},{10 + number},{at.date()}", at=at)

    since = MONDAY.date() - timedelta(days=series.days_needed(book.policy, ["days_past_due"]))
    with book.database.begin(EVERYTHING) as tx:
        found = ledger_days._versions(tx, Asked.of(["NOVA"]), since, MONDAY.date(), None)
    # the load that held when the period began, and those since
    assert sorted(found.entries.days_past_due.tolist()) == [5.0, 10.0, 11.0, 12.0]
    assert [value for _day, value in series_of(book, "NOVA", "days_past_due")] == [5.0, 10.0, 11.0, 12.0]


def test_a_ledger_that_nobody_has_changed_for_years_still_counts(one_book):
    lend(one_book, f"K1,EUR,100,50,45,{month(0)}", f"K2,EUR,100,50,3,{month(0)}", at=YEARS_AGO)
    lend(one_book, f"K2,EUR,100,50,0,{month(1)}", at=YEARS_AGO + timedelta(days=30))

    assert series_of(one_book, "NOVA", "days_past_due") == [(str(month(1)), 45.0)]


def test_what_passed_to_another_customer_years_ago_is_not_its_old_owners(one_book):
    lend(one_book, f"K1,EUR,100,50,45,{month(0)}", at=YEARS_AGO)
    one_book.load("facilities", f"{HEAD}\nK1,NORD,revolver,EUR,100,50,45,{month(0)}\n", at=YEARS_AGO + timedelta(days=30))
    score(one_book)

    assert open_breaches(one_book) == []
    assert series_of(one_book, "NOVA", "days_past_due") == []


def test_scores_that_were_replaced_years_ago_are_not_read(book):
    book.load("ratings", "customer,rating,as_of,agency\nACME,BB,2020-12-31,S&P\nACME,B,2021-12-31,S&P\n")
    for at in (datetime(2021, 1, 15, tzinfo=UTC), datetime(2022, 1, 15, tzinfo=UTC), MONDAY):
        scoring.score(book.database, book.policy, FixedClock(at), by="test")

    with book.database.begin(EVERYTHING) as tx:
        query = (tx, ["pd"], Asked.of(["ACME"]), MONDAY.date(), None)
        everything, *_rest = offered.read(*query, since=date(2020, 1, 1))
        _recent, days, _values = offered.read(*query, since=date(2024, 1, 1))

    # the score that held when the period began, and those since
    assert (len(everything), days.astype(str).tolist()) == (3, ["2022-01-15", "2026-11-23"])


@pytest.mark.parametrize(("patience", "needed"), [(1, 24 * 46), (12, 24 * 46)])
def test_the_period_covers_runs_charts_and_the_longest_age(one_book, patience, needed):
    kri = next(kri for kri in one_book.policy.kri if kri.indicator == "days_past_due")
    policy = one_book.policy.model_copy(update={"kri": (Kri(**kri.model_dump() | {"up_for": patience}),)})

    assert series.days_needed(policy, ["days_past_due"]) == needed
    assert series.days_needed(policy, ["pd"]) == max(policy.data.statement_days, policy.scoring.reading_max_age_days)


def test_a_level_within_its_dead_band_is_remembered_for_as_long_as_a_chart_shows(one_book):
    for number, drawn in enumerate([96, *(92 + number % 2 for number in range(23))]):
        at = MONDAY - timedelta(days=31 * (23 - number))
        lend(one_book, f"K1,EUR,100,{drawn},0,{at.date()}", at=at)

    assert len(series_of(one_book, "NOVA", "utilisation")) == CHART
    assert ("Limit utilisation", Colour.RED) in [found[:2] for found in open_breaches(one_book)]
