"""A figure has one day: that of the team, in which scores and breaches are made, wherever its reader lives."""

from __future__ import annotations

from datetime import timedelta

import pytest

from commands.kit.contract import Person
from commands.kit.i18n import Reader
from tests.commands.conftest import Book, text_of
from tests.commands.customers.test_facility_arrears import HEAD
from tests.commands.scoring.test_scoring import run
from tests.conftest import MONDAY

# after midnight in Shanghai, in the evening in London
EVENING = MONDAY + timedelta(hours=9)


@pytest.fixture
def late(one_book: Book) -> Book:
    one_book.load("facilities", f"{HEAD}K1,NOVA,term_loan,EUR,900000,800000,35,2026-11-22\n")
    one_book.load("instalments", "facility,due,principal,interest\nK1,2026-10-18,40000,2000\nK1,2027-10-27,760000,0\n")
    one_book.load("payments", "facility,paid,amount\nK1,2026-09-20,1\n")
    run(one_book, at=EVENING)
    return one_book


@pytest.mark.parametrize("zone", ["Europe/London", "Asia/Shanghai", "America/Los_Angeles"])
@pytest.mark.parametrize("line", ["show NOVA", "show NOVA view=facilities", "show NOVA view=trend", "K1"])
def test_days_past_due_are_the_scores_for_readers_of_every_zone(late: Book, zone: str, line: str):
    reader = Reader(zone=zone, masked=False)
    reply = late.ask(line, person=Person("U0ANA", "Ana", reader), at=EVENING)

    assert "36 days" in text_of(reply.blocks)
    assert "37 days" not in text_of(reply.blocks)


def test_a_trend_does_not_mix_what_was_reported_with_what_the_ledger_counts(one_book: Book):
    one_book.observe("NOVA,days_past_due,2026-09-30,0", "NOVA,days_past_due,2026-10-31,0")
    one_book.load("facilities", f"{HEAD}K1,NOVA,term_loan,EUR,900000,800000,163,2026-11-01\n")
    one_book.load("facilities", f"{HEAD}K1,NOVA,term_loan,EUR,900000,800000,182,2026-11-20\n", at=MONDAY + timedelta(minutes=1))

    reply = one_book.ask("show NOVA of=days_past_due")
    assert reply.text == "Days past due of Nova Power: 182 days (163 days on 1 Nov 2026)"
    assert "relationship" not in text_of(reply.blocks)
    assert "2 readings of another source are left out" in text_of(reply.blocks)
