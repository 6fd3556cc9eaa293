"""The letter that counts is the one that lists, screens and exports show, whatever other letters are on record."""

from __future__ import annotations

import pytest

from commands.customers import book as lists
from commands.customers.lists.shape import ListArgs
from storage.sight import EVERYTHING
from tests.commands.conftest import lend, text_of
from tests.commands.scoring.test_scoring import run

# of ACME the bank's own letter counts; of NOVA the only letter on a scale; of NORD none
LETTERS = """customer,rating,as_of,agency,scale
ACME,CCC,2026-09-30,internal,internal
ACME,A+,2026-11-17,Lanheng,domestic
NOVA,BB,2026-06-30,S&P,global
NOVA,AA,2026-11-10,Lanheng,domestic
NORD,AA-,2026-11-11,Lanheng,domestic
"""


def rated(database):
    book = lend(database)
    book.load("ratings", LETTERS)
    run(book)


@pytest.fixture
def stock():
    return rated


def cells(book, customer):
    rows = text_of(book.ask("list").blocks[1:2]).splitlines()[2:]
    return next(row.split("  ") for row in rows if row.startswith(customer))


@pytest.mark.parametrize(("customer", "letter"), [("Acme Steel", "CCC"), ("Nova Power", "BB"), ("Nordwind Energie", "AA- (not used)")])
def test_the_list_shows_the_letter_behind_the_score(book, customer, letter):
    assert letter in cells(book, customer)


def test_the_export_of_the_list_has_the_letter_behind_the_score_with_its_agency(book):
    with book.database.begin(EVERYTHING) as tx:
        sheet = lists.sheet(ListArgs(), book._request("U0ANA"), tx)
    found = {row[sheet.headings.index("id")]: dict(zip(sheet.headings, row, strict=True)) for row in sheet.rows}

    assert (found["ACME"]["rating"], found["ACME"]["rating_agency"]) == ("CCC", "internal")
    assert found["NOVA"]["rating"] == "BB"
    assert found["NORD"]["rating"] is None


def test_the_screen_names_the_letter_that_counts_first_and_says_why_others_do_not(book):
    reply = book.ask("show ACME")

    assert " · CCC · " in reply.text
    assert "Rating  CCC (internal, 30 Sept 2026); A+ (Lanheng, domestic, 17 Nov 2026), not mapped to the master scale" in text_of(
        reply.blocks
    )
