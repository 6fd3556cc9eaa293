"""After a change only those are scored whom it concerns, and everybody's score is that of a whole scoring."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import date, timedelta
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.scoring.scoring import score
from commands.data.importing import ImportRefused
from commands.scoring import scoring
from commands.scoring.scoring import Report
from risk_engine.policy.policy import Policy
from storage.database import Database
from storage.row_digests import marking
from storage.schema import ScoreMarkRow, ScoreVersionRow
from storage.scoring import due as due_customers
from storage.scoring.fingerprints import fingerprints
from storage.sight import EVERYTHING
from tests.commands.conftest import Book, lend
from tests.commands.scoring.test_scoring import At
from tests.conftest import MONDAY
from tests.databases import Masters

TODAY = MONDAY.date()
WHO = [f"K{number}" for number in range(8)]
HEADERS = {
    "ratings": "customer,rating,as_of,agency",
    "facilities": "id,customer,kind,currency,limit,outstanding,days_past_due,as_of",
    "guarantees": "id,customer,guarantor,currency,amount",
    "collateral": "id,customer,facility,kind,currency,value,valued",
    "observations": "customer,indicator,as_of,value,source",
    "outcomes": "customer,event,as_of",
    "incidents": "customer,kind,as_of,severity",
    "customers": "id,name,group,group_parent,kind",
    "statements": "customer,period_end,currency,unit,revenue,total_assets",
    "instalments": "facility,due,principal,interest",
    "payments": "facility,paid,amount",
    "projections": "customer,projected,period_end,currency,cfads,debt_service",
    "transactions": "account,date,amount,balance,customer,currency",
    "rates": "currency,base,as_of,rate",
}
who, few = st.sampled_from(WHO), st.integers(0, 3)
CHANGES = st.one_of(
    st.tuples(st.just("ratings"), who, st.sampled_from(["AA,2026-08-01", "BB,2026-09-01", "D,2026-10-01"]), st.just("internal")),
    st.tuples(
        st.just("facilities"),
        st.builds("F{},{}".format, few, who),
        st.just("term_loan,EUR,1000000"),
        st.sampled_from(["800000,0", "500000,40", "700000,200"]),
        st.just("2026-11-20"),
    ),
    st.tuples(st.just("guarantees"), st.builds("G{}".format, few), who, who, st.just("EUR,1000")),
    st.tuples(
        st.just("collateral"), st.builds("P{}".format, few), who, st.builds("F{}".format, few), st.just("cash,EUR,100000,2026-10-01")
    ),
    st.tuples(st.just("observations"), who, st.just("dscr,2026-10-31"), st.sampled_from(["0.9", "1.1", "2.5"]), st.just("customer")),
    st.tuples(st.just("outcomes"), who, st.sampled_from(["default", "cure", "bankruptcy"]), st.just("2026-10-05")),
    st.tuples(st.just("incidents"), who, st.just("fraud,2026-10-05"), st.sampled_from(["2", "5"])),
    st.tuples(
        st.just("customers"), who, st.just("Somebody"), st.sampled_from(["A", "B", ""]), st.just(""), st.sampled_from(["project", "other"])
    ),
    st.tuples(st.just("statements"), who, st.just("2025-12-31,EUR,1000000"), st.sampled_from(["3", "20"]), st.just("30")),
    st.tuples(st.just("log"), who),
)
# around the book's day, and around it by the longest ages of facts
days = st.one_of(st.integers(-40, 60), st.sampled_from([60, 90, 366, 400, 460, 480, 550]).map(lambda age: -age + 10)).map(
    lambda step: str(TODAY + timedelta(days=step))
)
later = st.integers(1, 500).map(lambda step: str(TODAY + timedelta(days=step)))
facility = st.builds("F{}".format, few)
DATED = st.one_of(
    st.tuples(st.just("ratings"), who, st.sampled_from(["AA", "BB", "D"]), days, st.just("internal")),
    st.tuples(
        st.just("lent"),
        st.builds("F{},{}".format, few, who),
        st.sampled_from(["term_loan", "revolver", "bond", "project_loan"]),
        st.sampled_from(["EUR,1000000,800000,0", "EUR,1000000,500000,40", "USD,1000000,700000,88", "EUR,1000000,0,0"]),
        days,
        st.one_of(st.just(""), later, st.sampled_from(["2028-03-01", "2031-12-20", "2034-01-01", "2999-12-31", "2125-12-30"])),
        st.sampled_from(["", "2025-11-30", "2024-12-05"]),
    ),
    st.tuples(
        st.just("collateral"),
        st.builds("P{}".format, few),
        who,
        facility,
        st.sampled_from(["real_estate", "cash", "equipment"]),
        st.just("EUR,100000"),
        days,
    ),
    st.tuples(
        st.just("until"),
        st.builds("G{}".format, few),
        who,
        who,
        st.sampled_from(["EUR,1000", "EUR,300000", ","]),
        st.one_of(days, later, st.sampled_from(["2029-01-01", "2032-06-30", "2999-12-31"])),
    ),
    st.tuples(st.just("observations"), who, st.just("dscr"), days, st.sampled_from(["0.9", "2.5"]), st.just("customer")),
    st.tuples(st.just("outcomes"), who, st.sampled_from(["default", "cure"]), days),
    st.tuples(st.just("resolved"), who, st.sampled_from(["fraud", "insurance", "bankruptcy", "documents"]), days, st.just("4"), later),
    st.tuples(st.just("incidents"), who, st.sampled_from(["late_reporting", "insurance", "debt_evasion"]), days, st.just("4")),
    st.tuples(st.just("published"), who, st.sampled_from(["2025-12-31", "2024-12-31", "2026-06-30"]), st.just("EUR,1000000,3,30"), days),
    st.tuples(st.just("instalments"), facility, days, st.just("1000,10")),
    st.tuples(st.just("payments"), facility, days, st.sampled_from(["1010", "500"])),
    st.tuples(st.just("projections"), who, days, later, st.just("EUR,300,200")),
    st.tuples(st.just("transactions"), st.builds("A{}".format, few), days, st.just("100,500"), who, st.just("EUR")),
    st.tuples(st.just("rates"), st.just("USD,EUR"), days, st.sampled_from(["0.9", "0.8"])),
)
HEADERS |= {
    "lent": f"{HEADERS['facilities']},maturity,restructured_on",
    "until": f"{HEADERS['guarantees']},until",
    "resolved": f"{HEADERS['incidents']},resolved",
    "published": f"{HEADERS['statements']},published",
}
KINDS = {"lent": "facilities", "until": "guarantees", "resolved": "incidents", "published": "statements"}


OF_A_GUARANTEE = [
    ("ratings", "K0", "BB", "2026-11-01", "internal"),
    ("ratings", "K1", "AA", "2026-11-01", "internal"),
    ("lent", "F0,K0", "bond", "EUR,1000000,800000,0", "2026-11-20", "2034-01-01", ""),
    ("until", "G0", "K0", "K1", "EUR,300000", "2029-01-01"),
]


def stored(book: Book) -> dict[str, int]:
    with book.database.begin(EVERYTHING) as tx:
        table = ScoreVersionRow
        query = sa.select(table.customer_id, table.fingerprint).where(table.superseded_at.is_(None))
        return dict(tx.connection.execute(query).all())


def whole(book: Book, day: date = TODAY) -> dict[str, int]:
    with book.database.begin(EVERYTHING) as tx:
        scores = scoring.compute(book.policy, scoring.look(tx, book.policy, as_of=day))
    return dict(zip(scores.customers.tolist(), fingerprints(scores).tolist(), strict=True))


def change(book: Book, at, kind: str, *cells: str) -> None:
    if kind == "log":
        book.ask(f'log {cells[0]} credit L4 S4 X2 "burnt down"', at=at)
        return
    # what the book refuses, such as a guarantee by oneself, changes nothing
    with suppress(ImportRefused):
        book.load(KINDS.get(kind, kind), f"{HEADERS[kind]}\n{','.join(cells)}\n", at=at)


def ready(book: Book) -> None:
    book.load("customers", "id,name\n" + "".join(f"{id},{id}\n" for id in WHO))
    book.load(
        "facilities", f"{HEADERS['facilities']}\n" + "".join(f"F{n},K{n},term_loan,EUR,1000000,800000,0,2026-11-20\n" for n in range(4))
    )
    run(book, MONDAY)


def scored(database: Database) -> None:
    """Fill a book to copy."""
    ready(lend(database))


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh(request: pytest.FixtureRequest, masters: Masters, policy: Policy, tmp_path: Path) -> Iterator[Iterator[Book]]:
    """Books of their own, one after the other, as days only go forward."""

    def books() -> Iterator[Book]:
        for number in count():
            address = masters.sqlite(scored, tmp_path / f"{number}.db") if request.param == "sqlite" else masters.postgresql(scored)
            with closing(Database(address)) as database:
                yield Book(database, policy, tmp_path)

    with closing(books()) as each:
        yield each


def run(book: Book, at, *, everybody: bool = False) -> Report:
    return score(book.database, book.policy, At(at), by="test", whole=everybody)


moments = count(1)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(CHANGES, min_size=1, max_size=4))
def test_scoring_those_concerned_gives_what_scoring_everybody_gives(book: Book, changes):
    if not stored(book).keys() >= set(WHO):
        ready(book)
    for each in changes:
        change(book, MONDAY + timedelta(seconds=next(moments)), *each)
    report = run(book, MONDAY + timedelta(seconds=next(moments)))

    assert report.partial
    assert stored(book) == whole(book)
    assert not run(book, MONDAY + timedelta(seconds=next(moments))).count


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(DATED, min_size=1, max_size=6),
    steps=st.lists(st.one_of(st.integers(1, 8), st.integers(1, 500)), min_size=1, max_size=4),
)
# a statement that is too old, and later so old that it is not read any more
@example(changes=[("published", "K2", "2024-12-31", "EUR,1000000,3,30", "2026-11-23")], steps=[141, 172, 347])
# a guarantee that ends before its loan, which has nothing else that moves
@example(changes=OF_A_GUARANTEE, steps=[1])
def test_scoring_those_whose_day_has_come_gives_what_scoring_everybody_gives(fresh: Iterator[Book], monkeypatch, changes, steps):
    # in so small a book those who are due are soon so many that everybody is scored
    monkeypatch.setattr(due_customers, "_MANY", 1.0)
    book, day = next(fresh), MONDAY
    for each in changes:
        change(book, day + timedelta(seconds=next(moments)), *each)
    run(book, day + timedelta(seconds=next(moments)))
    for step in steps:
        day += timedelta(days=step)
        run(book, day)
        assert stored(book) == whole(book, day.date())


def test_a_change_concerns_those_whom_the_customer_guarantees_and_nobody_else(book: Book):
    ready(book)
    rows = "G0,K1,K0,EUR,1000\nG1,K2,K1,EUR,1000\n"
    book.load("guarantees", f"{HEADERS['guarantees']}\n{rows}", at=MONDAY + timedelta(minutes=1))
    run(book, MONDAY + timedelta(minutes=2))
    change(book, MONDAY + timedelta(minutes=3), "ratings", "K0,D,2026-10-01,internal")

    report = run(book, MONDAY + timedelta(minutes=4))
    assert report.count == 3
    assert report.changed == 3
    assert report.lines()[0].startswith("Scored 3 customers whose data has changed")


def test_another_policy_and_a_new_rate_concern_everybody_and_another_day_nobody(book: Book):
    ready(book)
    everybody = len(stored(book))

    assert run(book, MONDAY + timedelta(minutes=1)).count == 0
    # the ledger names no day for one loan, whose day may only be known tomorrow
    assert run(book, MONDAY + timedelta(days=1)).count == 1
    book.policy = book.policy.model_copy(update={"scoring": book.policy.scoring.model_copy(update={"told_singly": 7})})
    assert run(book, MONDAY + timedelta(days=1, minutes=1)).count == everybody
    book.load("rates", "currency,base,as_of,rate\nUSD,EUR,2026-11-20,0.9\n", at=MONDAY + timedelta(days=1, minutes=2))
    assert run(book, MONDAY + timedelta(days=1, minutes=3)).count == everybody
    assert run(book, MONDAY + timedelta(days=1, minutes=4), everybody=True).count == everybody


def test_a_scoring_settles_the_marks_that_it_has_seen_and_no_later_one(book: Book):
    ready(book)
    with book.database.begin(EVERYTHING, write=True) as tx:
        marking.mark(tx, ["K1"])
        due = scoring.due(tx, book.policy, as_of=TODAY, whole=False)
        marking.mark(tx, ["K2"])
        scoring.done(tx, book.policy, due, as_of=TODAY)
        left = tx.connection.execute(sa.select(ScoreMarkRow.customer_id)).scalars().all()

    assert due.customers.ids.tolist() == ["K1"]
    assert left == ["K2"]


def test_a_large_load_marks_everybody_instead_of_its_rows(book: Book, monkeypatch):
    monkeypatch.setattr(marking, "MANY", 1)
    book.load("customers", "id,name\nNEW-1,New\nNEW-2,New\n", at=MONDAY + timedelta(minutes=1))

    with book.database.begin(EVERYTHING) as tx:
        assert marking.pending(tx)[1] is None
