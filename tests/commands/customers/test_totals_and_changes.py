"""Totals of the book by its parts, changes of grades since a day, and facilities by maturity, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.database import Database
from tests.commands.conftest import Book, lend, text_of
from tests.commands.customers.test_top import FACILITIES, RATINGS
from tests.commands.scoring.test_scoring import run
from tests.conftest import MONDAY
from tests.databases import Fill

FRIDAY = MONDAY - timedelta(days=3)


def worsened(database: Database) -> None:
    book = lend(database)
    book.load("facilities", FACILITIES, at=FRIDAY - timedelta(days=3))
    book.load("ratings", RATINGS, at=FRIDAY - timedelta(days=3))
    run(book, at=FRIDAY - timedelta(days=1))
    due = "id,customer,kind,currency,limit,outstanding,lgd,days_past_due,maturity\n"
    rows = "F1,ACME,term_loan,EUR,6000000,6000000,0.5,120,2026-11-27\nF3,NORD,term_loan,EUR,1000000,1000000,0.5,3,2027-01-31\n"
    book.load("facilities", due + rows)
    run(book)


@pytest.fixture
def stock(request: pytest.FixtureRequest, stock: Fill) -> Fill:
    return worsened


def test_totals_by_sector_name_the_parts_that_carry_most(book: Book):
    reply = book.ask("top per=sector")

    assert reply.text.startswith("Expected loss EUR ")
    assert "by sector: Metals " in reply.text
    assert "Share of EL" in text_of(reply.blocks)
    only = book.ask("top per=sector sector=Energy by=exposure").text
    assert only.startswith("EAD EUR 4 m by sector: Energy 100%")
    assert "2 more" not in text_of(reply.blocks)
    assert "more · " in text_of(book.ask("top 1 per=sector").blocks)
    assert "expected one of expected_loss, exposure, overdue" in book.refusal("top per=sector by=pd")


def test_changes_of_grades_name_from_and_to_since_a_day(book: Book):
    since = (FRIDAY.date()).isoformat()
    reply = book.ask(f"top by=grade since={since}")

    assert reply.text.startswith("1 customer has a worse grade than at the start of ")
    assert "Acme Steel ▲ low → critical" in reply.text
    assert "Nordwind" not in reply.text
    assert book.ask(f"top by=grade since={since} sector=Energy").text.startswith("No grade has changed since ")
    assert "top by=grade since=" in book.refusal(f"top by=pd since={since}")


def test_facilities_are_listed_by_maturity(book: Book):
    assert book.ask("list facilities due=week").text == "1 facility · due within a week: F1 Acme Steel"
    both = book.ask("list facilities until=2027-02-01").text
    assert both == "2 facilities · maturing until 1 Feb 2027: F1 Acme Steel, F3 Nordwind Energie"
    assert book.ask("list facilities until=2027-02-01 sector=!Metals").text.endswith(": F3 Nordwind Energie")
    assert book.ask("list facilities until=2026-11-25").text.startswith("No facility matures then.")


def test_a_definition_says_the_rule_of_the_policy_and_where_the_list_is(book: Book):
    said = text_of(book.ask("define default").blocks)

    assert "From day 90 of material arrears" in said
    assert "/risk list default=yes" in said
    assert "more than 30 days past due" in text_of(book.ask("define stage").blocks)
    for term in ("grade", "pd", "el", "overdue"):
        assert "the policy's rule" in book.ask(f"define {term}").text
