"""Facts that are too old, as a credit officer meets them: on the customer's screen, in explanations and in /risk data."""

from __future__ import annotations

from datetime import timedelta

import pytest

from commands.scoring.explaining import explain
from storage.sight import EVERYTHING
from tests.commands.conftest import Book, text_of
from tests.commands.scoring.test_scoring import run
from tests.conftest import MONDAY


@pytest.fixture
def old(book: Book) -> Book:
    """A book in which everything about NOVA is too old: of 23 November 2026."""
    book.load("ratings", "customer,rating,as_of,agency\nNOVA,A,1996-03-12,S&P\n")
    book.load("statements", "customer,period_end,currency,total_assets,total_liabilities\nNOVA,2019-12-31,EUR,100,40\n")
    book.load(
        "facilities",
        "id,customer,kind,currency,limit,outstanding,seniority,days_past_due,as_of\nN1,NOVA,revolver,EUR,1000,960,senior,0,2026-06-30\n",
    )
    book.load("collateral", "id,customer,kind,currency,value,valued\nM1,NOVA,real_estate,EUR,800,2024-01-31\n")
    halves = [f"NOVA,2024-06-30,{year}-{day},EUR,{50 + year},50" for year in (2026, 2027) for day in ("06-30", "12-31")]
    book.load("projections", "\n".join(["customer,projected,period_end,currency,cfads,debt_service", *halves]) + "\n")
    run(book)
    return book


def explained(book: Book, customer: str) -> str:
    with book.database.begin(EVERYTHING) as tx:
        return "\n".join(explain(tx, book.policy, customer, sources=True))


def test_the_screen_counts_every_outdated_fact_and_the_score_view_names_it_with_its_day(old):
    screen, whole = (text_of(old.ask(line).blocks) for line in ("show NOVA", "show NOVA view=score"))

    assert "rating of 12 Mar 1996 is out of date; a facility without an interest rate and 4 more" in screen
    assert "by rating" not in screen + whole
    for fact in (
        "rating of 12 Mar 1996 is out of date",
        "a facility without an interest rate",
        "statement of 31 Dec 2019 is out of date",
        "valuation of 31 Jan 2024 is out of date",
        "ledger of 30 Jun 2026 is out of date",
        "projection of 30 Jun 2024 is out of date",
    ):
        assert fact in whole


def test_the_letter_and_the_exposure_are_marked_where_they_stand(old):
    screen = text_of(old.ask("show NOVA").blocks)

    assert "A (S&P, 12 Mar 1996), out of date" in screen
    assert "drawn of EUR 1 k · ledger of 30 Jun 2026, out of date: last known exposure" in screen


def test_the_gist_and_the_list_mark_an_outdated_letter(old):
    assert "A (old: 12 Mar 1996)" in old.ask("show NOVA").text
    assert "(old: 12 Mar 1996)" in text_of(old.ask("list").blocks)


def test_a_fresh_letter_and_a_fresh_ledger_carry_no_mark(book):
    screen = text_of(book.ask("show ACME").blocks)

    assert "out of date" not in screen
    assert "ledger of 23 Nov 2026" in screen


def test_the_score_view_and_the_explanation_name_them_too(old):
    for said in (text_of(old.ask("show NOVA view=score").blocks), explained(old, "NOVA")):
        assert "rating of 12 Mar 1996 is out of date" in said


def test_every_outdated_fact_is_a_finding_with_its_file_and_row(old):
    table = text_of(old.ask("data NOVA kind=stale").blocks)

    for finding, file in (("rating A out of date", "ratings-"), ("newest statement out of date", "statements-"),
                          ("facility N1 out of date", "facilities-"), ("valuation of M1 out of date", "collateral-")):  # fmt: skip
        (line,) = [line for line in table.splitlines() if finding in line]
        assert file in line
        assert line.rstrip().endswith(", 2")
    (projection,) = [line for line in table.splitlines() if "newest projection out of date" in line]
    assert projection.rstrip().endswith("projections-5.csv, 5")


def test_an_explanation_lists_an_outdated_projection_as_unused(old):
    (line,) = [line for line in explained(old, "NOVA").splitlines() if "→ 2027-12-31" in line]

    assert "✓" not in line


def test_a_new_letter_takes_the_place_of_the_old_one(old):
    old.load("ratings", "customer,rating,as_of,agency\nNOVA,BB,2026-10-31,Fitch\n")
    run(old, MONDAY + timedelta(days=1))
    screen = text_of(old.ask("show NOVA").blocks)

    assert "PD 0.58%" in screen
    assert "rating of 12 Mar 1996 is out of date" in screen


def test_the_terminal_counts_outdated_letters_together(book):
    book.load("ratings", "customer,rating,as_of,agency\nNOVA,A,1996-03-12,S&P\nNORD,A,1997-03-12,S&P\n")

    assert "  rating out of date: 2" in [str(line) for line in run(book).lines()]


def test_transactions_that_are_too_old_are_named_with_their_last_day_and_count_for_nothing(book):
    lines = [f"K-1,2025-0{month}-05,{amount},{balance},NOVA\n" for month, amount, balance in ((1, 90, 100), (2, -30, 70), (3, 20, 90))]
    book.load("transactions", "account,date,amount,balance,customer\n" + "".join(lines))
    run(book)
    said = explained(book, "NOVA")

    assert "transactions up to 5 Mar 2025 are out of date" in text_of(book.ask("show NOVA view=score").blocks)
    assert "transactions up to 5 Mar 2025 are out of date" in said
    (fact,) = [line for line in said.splitlines() if "K-1" in line]
    assert not fact.rstrip().endswith("✓")
    (balance,) = [line for line in said.splitlines() if "Lowest balance to monthly turnover" in line and "%)" not in line]
    assert "–" in balance


def test_fresh_transactions_are_not_named(book):
    lines = [f"K-1,2026-0{month}-05,{amount},{balance},NOVA\n" for month, amount, balance in ((7, 90, 100), (8, -30, 70), (9, 20, 90))]
    book.load("transactions", "account,date,amount,balance,customer\n" + "".join(lines))
    run(book)

    for line in ("show NOVA", "show NOVA view=score"):
        assert "transactions up to" not in text_of(book.ask(line).blocks)
