"""A facility's arrears are one figure: the customer's screen, the facilities, the facility itself and the approver's card agree."""

from __future__ import annotations

from datetime import timedelta

from tests.commands.conftest import Book, text_of
from tests.commands.scoring.test_scoring import run
from tests.conftest import MONDAY

HEAD = "id,customer,kind,currency,limit,outstanding,days_past_due,as_of\n"


def behind(book: Book) -> Book:
    """Load a ledger of 31 October that says four days; no payment has come since."""
    book.load("facilities", f"{HEAD}K1,NOVA,term_loan,EUR,900000,800000,0,2026-10-31\nK2,NOVA,term_loan,EUR,900000,800000,4,2026-10-31\n")
    book.load("instalments", "facility,due,principal,interest\nK2,2026-10-27,40000,2000\nK2,2027-10-27,760000,0\n")
    book.load("payments", "facility,paid,amount\nK1,2026-09-20,1\n")
    run(book, at=MONDAY)
    return book


def shown(book: Book, line: str) -> str:
    reply = book.ask(line)
    return reply.text + text_of(reply.blocks)


def test_the_days_that_count_stand_on_every_screen_with_the_overdue_amount(one_book):
    behind(one_book)

    assert "27 days past due on K2" in shown(one_book, "show NOVA")
    facilities = shown(one_book, "show NOVA view=facilities")
    assert "27 days · EUR 42 k" in facilities
    assert facilities.index("K2") < facilities.index("K1")
    assert "27 days past due" in shown(one_book, "K2")
    assert "Overdue amount  EUR 42 k" in shown(one_book, "K2")


def test_an_approver_decides_on_the_days_past_due_of_the_screen(one_book):
    behind(one_book)
    one_book.ask('override NOVA critical "arrears are growing" until=2027-03-31')

    assert "Days past due  27 days" in shown(one_book, "A-1")


def test_the_ledgers_days_are_not_shown_once_they_are_out_of_date(one_book):
    one_book.load("facilities", f"{HEAD}K1,NOVA,term_loan,EUR,900000,800000,7,2026-03-31\n")
    run(one_book, at=MONDAY + timedelta(hours=1))

    assert "Days past due  out of date" in shown(one_book, "K1")
    assert "7 days" not in shown(one_book, "show NOVA view=facilities")


def test_what_was_reported_and_what_the_ledger_counts_are_no_change(one_book):
    one_book.observe("NOVA,days_past_due,2026-10-31,0")
    one_book.load("facilities", f"{HEAD}K1,NOVA,term_loan,EUR,900000,800000,61,2026-11-20\n")
    run(one_book, at=MONDAY)

    screen = shown(one_book, "show NOVA")
    assert "Days past due 61 days (limit 30 days)" in screen
    assert "Days past due 0 days →" not in screen
    assert "61 days worse" not in screen


def test_of_one_source_the_change_is_shown(one_book):
    one_book.observe("NOVA,days_past_due,2026-10-31,0", "NOVA,days_past_due,2026-11-20,61")
    run(one_book, at=MONDAY)

    assert "Days past due 0 days → 61 days" in shown(one_book, "show NOVA")


def test_the_pd_of_a_default_is_dated_by_the_default_and_not_by_the_letter(one_book):
    one_book.load("facilities", f"{HEAD}K1,NOVA,term_loan,EUR,900000,800000,120,2026-11-20\n")
    one_book.load("ratings", "customer,rating,as_of,agency\nNOVA,A-,2026-03-03,internal\n")
    run(one_book, at=MONDAY)

    pd = next(line.split("  ") for line in shown(one_book, "show NOVA view=score").splitlines() if line.startswith("· PD"))
    assert (pd[1], pd[-1]) == ("100%", "in default")
    assert "3 Mar 2026" not in pd
    assert pd[-2].endswith("2026")
