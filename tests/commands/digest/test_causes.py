"""The digest, and a customer's screen, name what moved a grade: an override, a driver that rose, or one that eased or went away."""

from __future__ import annotations

from datetime import timedelta

from tests.commands.conftest import buttons_of, text_of
from tests.commands.digest.test_digest import screen
from tests.commands.scoring.test_scoring import events, run
from tests.conftest import MONDAY

HOUR = timedelta(hours=1)
SINCE = MONDAY + timedelta(minutes=1)
LENT = "id,customer,kind,currency,limit,outstanding,lgd,days_past_due\nN1,NOVA,term_loan,EUR,3000000,3000000,0.5,0\n"
RATED = "customer,rating,as_of,agency\nNOVA,{letter},{day},internal\n"


def rated(book, letter, day, at):
    book.load("ratings", RATED.format(letter=letter, day=day), at=at)
    run(book, at=at)


def overridden(book):
    """Nova Power is low by the model, and a person makes it high."""
    book.load("facilities", LENT)
    rated(book, "A-", "2026-09-30", MONDAY)
    book.told()
    book.ask('override NOVA high "the sponsor has stopped paying in equity" until=2027-03-31', at=MONDAY)
    ((_delivery, message),) = book.told()
    book.press("approval.approve", key=buttons_of(message.blocks)["approval.approve"], at=MONDAY + HOUR)
    run(book, at=MONDAY + HOUR)


def test_a_grade_that_an_override_moved_names_the_override_and_no_driver(one_book):
    overridden(one_book)
    line = next(each for each in screen(one_book, since=SINCE).splitlines() if "Nova Power (NOVA)" in each)

    assert line.endswith("override O-1 until 31 Mar 2027")
    assert "PD" not in line
    assert "override O-1 until 31 Mar 2027" in text_of(one_book.ask("show NOVA", at=MONDAY + 2 * HOUR).blocks)


def test_a_grade_that_the_end_of_an_override_moved_says_so_with_the_models_reason(one_book):
    overridden(one_book)
    one_book.ask('override NOVA model "equity has been paid in full"', at=MONDAY + 2 * HOUR)
    run(one_book, at=MONDAY + 2 * HOUR)

    assert "O-1 has ended; the model says: PD" in screen(one_book, since=MONDAY + HOUR + timedelta(minutes=1), until=MONDAY + 3 * HOUR)


def test_a_grade_that_improved_names_what_eased(one_book):
    one_book.load("facilities", LENT)
    rated(one_book, "CCC", "2026-09-30", MONDAY)
    rated(one_book, "A", "2026-11-20", MONDAY + HOUR)

    assert "PD 0.06%, internal rating A" in screen(one_book, since=SINCE)


def test_a_grade_that_improved_names_the_reason_that_has_gone(one_book):
    one_book.load("facilities", LENT)
    rated(one_book, "A", "2026-09-30", MONDAY)
    one_book.observe("NOVA,dscr,2026-09-30,1.00")
    run(one_book, at=MONDAY + timedelta(seconds=1))
    one_book.observe("NOVA,dscr,2026-10-31,1.90", "NOVA,dscr,2026-11-20,1.90", at=MONDAY + HOUR)
    run(one_book, at=MONDAY + HOUR)

    assert "no longer: red breach B-2 is open" in screen(one_book, since=SINCE)
    why = events(one_book, "score.changed")[-1]["why"]
    assert (why["driver"], why["reference"], why["gone"]) == ("breach", "B-2", True)
    assert "no longer: breach B-2" in text_of(one_book.ask("audit NOVA", at=MONDAY + 2 * HOUR).blocks)
