"""A sharp external downgrade asks people for a judgement, once; they decide."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage import events as log
from storage.sight import EVERYTHING
from tests.commands.classification.test_judging import LEDGER, approve, asked
from tests.commands.conftest import lend, text_of
from tests.commands.scoring.test_scoring import run
from tests.conftest import MONDAY

DAY = timedelta(days=1)
HEAD = "customer,rating,as_of,agency\n"
FELL = f"{HEAD}NORD,A,2026-02-10,S&P\nNORD,BB+,2026-10-12,S&P\n"
LENT = LEDGER.replace("NOVA", "NORD")
COMMAND = "`/risk default NORD unlikely since=2026-10-12 …`"
SAID = f"Sharp external downgrade, S&amp;P A → BB+ on 12 Oct 2026: if it is unlikely to pay, propose {COMMAND} with a reason."


def lent(database):
    book = lend(database)
    book.load("facilities", LENT)
    book.told()


@pytest.fixture
def stock():
    return lent


def scored(book, ratings=FELL, at=MONDAY):
    book.load("ratings", ratings, at=at)
    run(book, at)
    return suggested(book)


def suggested(book):
    """Who has been told, and what."""
    return [(one.audience, message) for one, message in book.told() if one.notice.startswith("judgement.suggested")]


def happened(book) -> int:
    with book.database.begin(EVERYTHING) as tx:
        return log.kinds(tx).count("judgement.suggested")


def test_a_sharp_downgrade_is_told_to_the_manager_and_the_alerts_and_shown_with_what_to_type(book):
    told = scored(book)
    screen = book.ask("default NORD")

    assert [audience for audience, _message in told] == ["route:alerts", "person:U0MEI"]
    assert told[0][1].text == (
        "Nordwind Energie: sharp external downgrade, S&amp;P A → BB+ on 12 Oct 2026; please judge whether it is unlikely to pay."
    )
    assert f"Please judge: if it is unlikely to pay, propose {COMMAND} with a reason." in text_of(told[0][1].blocks)
    assert SAID in text_of(screen.blocks)
    assert "Default  not in default" in text_of(screen.blocks)
    assert "Loan category  substandard: sharp external downgrade" in text_of(screen.blocks)


def test_the_same_downgrade_is_told_once_and_the_next_one_again(book):
    scored(book)
    book.load("facilities", LENT.replace(",80,", ",90,"), at=MONDAY + DAY)
    run(book, MONDAY + DAY)

    assert suggested(book) == []
    assert len(scored(book, f"{HEAD}NORD,B,2026-11-20,S&P\n", MONDAY + 2 * DAY)) == 2


@pytest.mark.parametrize(
    "ratings",
    [
        f"{HEAD}NORD,BBB,2026-02-10,S&P\nNORD,BB+,2026-10-12,S&P\n",
        f"{HEAD}NORD,A,2025-02-10,S&P\nNORD,BB+,2025-11-23,S&P\n",
        f"{HEAD}NORD,A,2026-02-10,internal\nNORD,BB+,2026-10-12,internal\n",
    ],
    ids=["two notches", "more than a year ago", "the bank's own letter"],
)
def test_other_changes_of_a_letter_ask_for_nothing(book, ratings):
    assert scored(book, ratings) == []
    assert "Sharp external downgrade" not in text_of(book.ask("default NORD").blocks)


def test_a_downgrade_that_took_a_day_less_than_a_year_counts(book):
    assert len(scored(book, f"{HEAD}NORD,A,2025-02-10,S&P\nNORD,BB+,2025-11-24,S&P\n")) == 2


def test_a_proposed_judgement_answers_the_question_and_a_rejected_one_too(book):
    line = 'default NORD unlikely since=2026-10-12 "two orders are lost for good"'
    key = asked(book, line)

    assert scored(book) == []
    assert "Sharp external downgrade" not in text_of(book.ask("default NORD").blocks)
    book.press("approval.reject", key=key, reason="the parent stands by it", at=MONDAY)
    assert "Sharp external downgrade" not in text_of(book.ask("default NORD").blocks)


def test_a_customer_in_default_is_not_asked_about(book):
    approve(book, 'default NORD unlikely since=2026-02-01 "the parent has withdrawn"', at=MONDAY)

    assert scored(book, at=MONDAY + DAY) == []
    assert happened(book) == 0


def test_many_downgrades_at_once_are_told_in_one_message(book):
    ids = [f"N{n}" for n in range(6)]
    book.load("customers", "id,name\n" + "".join(f"{one},Firm {one}\n" for one in ids))
    rows = "".join(f"{one},A,2026-02-10,S&P\n{one},BB+,2026-10-12,S&P\n" for one in ids)
    told = scored(book, HEAD + rows)

    assert [(audience, message.text) for audience, message in told] == [
        ("route:alerts", "6 sharp external downgrades: please judge whether these customers are unlikely to pay")
    ]
    assert "Firm N3 (N3)" in text_of(told[0][1].blocks)
    assert happened(book) == 6
