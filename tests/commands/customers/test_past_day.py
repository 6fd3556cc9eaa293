"""A customer as known on a past day: only what was known then, marked as such, and nothing that changes anything."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.commands.conftest import lend, text_of
from tests.commands.scoring.test_scoring import run
from tests.conftest import MONDAY

NOW = MONDAY + timedelta(days=3)
LOANS = "id,customer,kind,currency,limit,outstanding,lgd,days_past_due\nN1,NOVA,term_loan,EUR,9000000,{drawn},0.4,0\n"
LETTERS = "customer,rating,as_of,agency\nNOVA,{letter},{day},internal\n"


def changed(database):
    """On Monday a sound customer with 3 m drawn; on Wednesday one rated CCC with 8 m."""
    book = lend(database)
    for at, drawn, letter, day in ((MONDAY, 3_000_000, "A", "2026-09-30"), (MONDAY + timedelta(days=2), 8_000_000, "CCC", "2026-11-24")):
        book.load("facilities", LOANS.format(drawn=drawn), at=at)
        book.load("ratings", LETTERS.format(letter=letter, day=day), at=at)
        run(book, at=at)


@pytest.fixture
def stock():
    return changed


def test_a_past_day_shows_what_was_known_at_its_end_and_says_so(book):
    reply = book.ask("show NOVA date=2026-11-23", at=NOW)
    screen = text_of(reply.blocks)

    assert screen.startswith("As known at the end of 23 Nov 2026, not as of today")
    assert "EUR 3 m drawn of EUR 9 m" in screen
    assert "internal rating A" in screen
    assert "CCC" not in screen
    assert "Breaches and responses have no earlier state on record" in screen
    assert not reply.actions
    assert all(page.date.isoformat() == "2026-11-23" for _label, page in reply.pages)
    assert "EUR 8 m drawn" in text_of(book.ask("show NOVA", at=NOW).blocks)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("show NOVA date=2026-11-26", "26 Nov 2026 is not over: choose a past day, or leave the date out for today."),
        ("show NOVA date=2026-11-22", "Nova Power was not in the book on 22 Nov 2026."),
        ("show NOVA date=2026-11-23 view=data", "Findings about the data have no earlier state on record: leave the date out."),
    ],
)
def test_a_day_of_which_nothing_can_be_shown_is_refused(book, line, said):
    assert book.refusal(line, at=NOW) == said
