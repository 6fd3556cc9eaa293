"""After a change only those are scored whom it concerns, and everybody's score is that of a whole scoring."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from itertools import count

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.working.scoring import score
from commands.data.importing import ImportRefused
from commands.scoring import scoring
from commands.scoring.scoring import Report
from storage.row_digests import marking
from storage.schema import ScoreMarkRow, ScoreVersionRow
from storage.scoring.fingerprints import fingerprints
from storage.sight import EVERYTHING
from tests.commands.conftest import Book
from tests.commands.scoring.test_scoring import At
from tests.conftest import MONDAY

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


def stored(book: Book) -> dict[str, int]:
    with book.database.begin(EVERYTHING) as tx:
        table = ScoreVersionRow
        query = sa.select(table.customer_id, table.fingerprint).where(table.superseded_at.is_(None))
        return dict(tx.connection.execute(query).all())


def whole(book: Book) -> dict[str, int]:
    with book.database.begin(EVERYTHING) as tx:
        scores = scoring.compute(book.policy, scoring.look(tx, book.policy, as_of=TODAY))
    return dict(zip(scores.customers.tolist(), fingerprints(scores).tolist(), strict=True))


def change(book: Book, at, kind: str, *cells: str) -> None:
    if kind == "log":
        book.ask(f'log {cells[0]} credit L4 S4 X2 "burnt down"', at=at)
        return
    # what the book refuses, such as a guarantee by oneself, changes nothing
    with suppress(ImportRefused):
        book.load(kind, f"{HEADERS[kind]}\n{','.join(cells)}\n", at=at)


def ready(book: Book) -> None:
    book.load("customers", "id,name\n" + "".join(f"{id},{id}\n" for id in WHO))
    book.load(
        "facilities", f"{HEADERS['facilities']}\n" + "".join(f"F{n},K{n},term_loan,EUR,1000000,800000,0,2026-11-20\n" for n in range(4))
    )
    run(book, MONDAY)


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


def test_another_day_another_policy_and_a_new_rate_concern_everybody(book: Book):
    ready(book)
    everybody = len(stored(book))

    assert run(book, MONDAY + timedelta(minutes=1)).count == 0
    assert run(book, MONDAY + timedelta(days=1)).count == everybody
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
