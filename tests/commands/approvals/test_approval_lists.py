"""/risk approvals: what is mine to decide first, then what I asked for, then the rest; one in full; what was decided."""

from __future__ import annotations

from datetime import timedelta

import pytest

from commands.approvals.approvals import SHOWN
from tests.commands.authorities import ANA, EVA, LOG, MEI, OMAR, asked, deciding, quorum
from tests.commands.conftest import DECIDES, buttons_of, text_of
from tests.conftest import MONDAY

LATER = MONDAY + timedelta(hours=1)


def propose(book, user, measure):
    book.ask(f'respond R-1 avoid "{measure}"', user)


def test_mine_to_decide_come_first_then_what_i_asked_for_then_the_rest(book):
    book.policy = deciding(book.policy, quorum(1, OMAR, EVA))
    book.ask(LOG)
    propose(book, OMAR, "sell the exposure")
    propose(book, ANA, "stop the drawdowns")

    his, hers = book.ask("approvals", OMAR), book.ask("approvals", MEI)
    screen = text_of(his.blocks)

    assert his.text == "2 approvals pending: A-2, A-1"
    assert screen.startswith("2 approvals pending · 1 for you\nAwaiting your decision\nA-2 · Acme Steel")
    assert screen.index("Your requests awaiting others") > screen.index("stop the drawdowns")
    assert set(buttons_of(his.blocks)) == DECIDES | {"approval.withdraw"}
    assert text_of(hers.blocks).startswith("2 approvals pending\nAwaiting others\nA-1 · Acme Steel")
    assert buttons_of(hers.blocks) == {}


def test_a_line_says_what_it_waits_for_and_until_when_and_what_has_changed(one_book):
    one_book.policy = deciding(one_book.policy, quorum(2))
    key = asked(one_book)
    one_book.press("approval.approve", MEI, key=key, at=LATER)
    one_book.load("facilities", "id,customer,kind,currency,limit,outstanding\nF1,ACME,term_loan,EUR,5000000,3000000\n")

    screen = text_of(one_book.ask("approvals", OMAR, at=LATER).blocks)

    assert "requested by @U0ANA, 1 hour ago · approvals: 1 of 2 · expires in 13 days" in screen
    assert "⚠️ 1 fact has changed since the request\nExposure  EUR 4.45 m; USD 300 k → EUR 3.25 m; USD 300 k" in screen


def test_many_are_turned_page_by_page(one_book):
    one_book.ask(LOG)
    for number in range(SHOWN + 1):
        propose(one_book, ANA, f"measure {number}")

    first, second = one_book.ask("approvals", OMAR), one_book.ask("approvals page=2", OMAR)

    assert first.text.startswith(f"{SHOWN + 1} approvals pending: A-1")
    assert [str(label) for label, _args in first.pages] == ["Next ▶"]
    assert second.text == f"{SHOWN + 1} approvals pending: A-{SHOWN + 1}"
    assert "There is no page 3: the last one is 2." in one_book.refusal("approvals page=3", OMAR)


def test_one_is_shown_in_full_with_what_the_reader_can_do(book):
    asked(book)

    his, hers = book.ask("approvals A-1", OMAR, at=LATER), book.ask("approvals a-1", ANA, at=LATER)

    assert his.text.startswith("A-1: <@U0ANA> requests approval of T-1 for Acme Steel")
    assert "Expires  7 Dec 2026 09:00 · in 13 days" in text_of(his.blocks)
    assert set(buttons_of(his.blocks)) == DECIDES
    assert set(buttons_of(hers.blocks)) == {"approval.withdraw"}
    assert buttons_of(book.ask("approvals A-1", OMAR, at=MONDAY + timedelta(days=14)).blocks) == {}


def test_mine_and_decided_have_lists_of_their_own(book):
    key = asked(book)
    assert book.ask("approvals decided").text == "No decisions yet."
    assert book.ask("approvals mine").text == "1 request of yours pending: A-1"
    assert book.ask("approvals mine", OMAR).text.startswith("None of your requests is pending.")

    book.press("approval.reject", OMAR, key=key, reason="too dear", at=LATER)

    assert book.ask("approvals").text == "No approval is pending. `/risk respond R-17` requests one."
    decided = book.ask("approvals decided")
    assert decided.text == "1 approval has ended: A-1"
    assert "⛔ A-1 · Acme Steel" in text_of(decided.blocks)
    assert "rejected by @U0OMAR · 23 Nov 2026 10:00 “too dear”" in text_of(decided.blocks)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("approvals A-9", "There is no A-9. `/risk approvals` lists what waits."),
        (
            "approvals conditons",
            ("Unknown option “conditons”. Try mine, decided, conditions, or an id like A-3. Did you mean `/risk approvals conditions`?"),
        ),
        ("approvals R-1", "Unknown option “r-1”. Try mine, decided, conditions, or an id like A-3."),
    ],
)
def test_what_is_not_there_is_said_with_what_is(one_book, line, said):
    assert one_book.refusal(line) == said
