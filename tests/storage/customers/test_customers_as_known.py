"""Restated, corrected, re-rated: any past day is shown as it was known then, and today as it is known now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commands.data.importing import run_import
from storage.customers import customers
from storage.database import Database
from storage.indicators import values
from storage.policy import policies
from storage.scoring.score_facts.asked import Asked
from storage.sight import EVERYTHING
from tests.conftest import MONDAY

MINUTE = timedelta(minutes=1)
TUESDAY = MONDAY + timedelta(days=1)
FACILITIES = "id,customer,kind,currency,limit,outstanding,days_past_due\n"
OBSERVATIONS = "customer,indicator,as_of,value\n"
RATINGS = "customer,rating,as_of,agency,outlook\n"


@pytest.fixture
def load(database: Database, tmp_path: Path) -> Callable[..., None]:
    return lambda kind, text, at=MONDAY: load_into(database, tmp_path, kind, text, at)


def load_into(database: Database, folder: Path, kind: Any, text: str, at: datetime) -> None:
    (folder / f"{kind}.csv").write_text(text, "utf-8")
    run_import(database, kind, folder / f"{kind}.csv", at=at, progress=False)


@pytest.fixture
def known(database: Database, load) -> Callable[..., Any]:
    """One customer in the book; asks a question about it as of a moment."""
    load("customers", "id,name,sector,manager\nACME,Acme,Steel,U0ANA\n")

    def ask(question: Callable[..., Any], *args: Any, at: datetime | None = None) -> Any:
        with database.begin(EVERYTHING) as tx:
            return question(tx, *args, at=at)

    return ask


def test_a_moved_customer_was_where_it_was(known, load):
    load("customers", "id,name,sector,manager\nACME,Acme Ports,Shipping,\n", TUESDAY)

    then, now = known(customers.get, "ACME", at=TUESDAY - MINUTE), known(customers.get, "ACME")
    assert (then.name, then.sector, then.manager) == ("Acme", "Steel", "U0ANA")
    assert (now.name, now.sector, now.manager) == ("Acme Ports", "Shipping", None)
    assert known(customers.get, "ACME", at=TUESDAY) == now
    assert known(customers.get, "ACME", at=MONDAY - MINUTE) is None


def test_a_restated_facility_was_owed_as_it_was_known(known, load):
    load("facilities", f"{FACILITIES}F1,ACME,revolver,EUR,100,40.5,0\nF2,ACME,term_loan,EUR,50,50,\nF3,ACME,bond,USD,7,7,\n")
    load("facilities", f"{FACILITIES}F1,ACME,revolver,EUR,100,90.25,31\n", TUESDAY)

    (then, dollars), (now, _same) = (known(customers.exposures, ["ACME"], at=at)["ACME"] for at in (MONDAY, None))
    assert (then.facilities, then.limit, then.outstanding, then.days_past_due) == (2, Decimal(150), Decimal("90.5"), 0)
    assert (now.outstanding, now.days_past_due) == (Decimal("140.25"), 31)
    assert (dollars.currency, dollars.outstanding) == ("USD", Decimal(7))
    assert known(customers.exposures, ["ACME"], at=MONDAY - MINUTE) == {}


def test_a_facility_that_changed_hands_is_owed_by_one_customer_at_a_time(known, load):
    load("customers", "id,name\nBOLT,Bolt\n")
    load("facilities", f"{FACILITIES}F1,ACME,revolver,EUR,100,40,0\n")
    load("facilities", f"{FACILITIES}F1,BOLT,revolver,EUR,100,40,0\n", TUESDAY)

    assert list(known(customers.exposures, ["ACME", "BOLT"], at=MONDAY)) == ["ACME"]
    assert list(known(customers.exposures, ["ACME", "BOLT"])) == ["BOLT"]


def test_a_corrected_letter_is_shown_only_from_when_it_was_known(known, load):
    load("ratings", f"{RATINGS}ACME,BBB,2026-09-30,Moody,stable\nACME,A,2026-06-30,Moody,\nACME,BBB-,2026-08-01,Fitch,\n")
    load("ratings", f"{RATINGS}ACME,BB,2026-09-30,Moody,negative\nACME,B,2026-07-31,Moody,\n", TUESDAY)

    def letters(at: datetime | None) -> list[tuple[str, str, str | None]]:
        return [(rating.agency, rating.letter, rating.outlook) for rating in known(customers.ratings, ["ACME"], at=at)["ACME"]]

    assert letters(MONDAY) == [("Moody", "BBB", "stable"), ("Fitch", "BBB-", None)]
    assert letters(None) == [("Moody", "BB", "negative"), ("Fitch", "BBB-", None)]


def test_a_corrected_observation_is_seen_as_it_was_known(database, known, load):
    load("observations", f"{OBSERVATIONS}ACME,npl,2026-06-30,1\nACME,dscr,2026-06-30,1.5\n")
    load("observations", f"{OBSERVATIONS}ACME,dscr,2026-03-31,1.9\nACME,dscr,2026-06-30,\n", TUESDAY)

    assert observed(database, "ACME", MONDAY) == {"2026-06-30": "1.5"}
    assert observed(database, "ACME", None) == {"2026-03-31": "1.9"}


def observed(database: Database, id: str, at: datetime | None) -> dict[str, str]:
    """The values of an indicator by date, as they were known at a moment."""
    with database.begin(EVERYTHING) as tx:
        found = values.settled(tx, policies.read(None), ["dscr"], Asked.of([id]), as_of=date(2026, 11, 23), at=at)["dscr"]
    return {str(on): f"{value:g}" for on, value in zip(found.days, found.values, strict=True)}


reports = st.lists(
    st.dictionaries(st.sampled_from(["2026-03-31", "2026-06-30"]), st.sampled_from(["", "1", "2"]), min_size=1), min_size=1, max_size=5
)
RUNS = count(1)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=reports)
def test_every_past_moment_is_reproduced_whatever_was_reported_since(sqlite: Database, tmp_path: Path, sent: list[dict[str, str]]):
    id = f"C{next(RUNS)}"
    load_into(sqlite, tmp_path, "customers", f"id,name\n{id},{id}\n", MONDAY)
    book: dict[str, str] = {}
    history: list[tuple[datetime, dict[str, str]]] = []
    for day, report in enumerate(sent):
        at = MONDAY + timedelta(days=day)
        load_into(sqlite, tmp_path, "observations", OBSERVATIONS + "".join(f"{id},dscr,{on},{value}\n" for on, value in report.items()), at)
        book |= report
        history.append((at, dict(book)))

    for at, then in history:
        assert observed(sqlite, id, at) == {on: value for on, value in then.items() if value}
