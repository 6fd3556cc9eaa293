"""Undo under the answer to a change: for a minute, by the same person, unless somebody has built on it; on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from commands.kit.contract import Refused, Reply
from commands.kit.registry import registry
from risk_engine.references import BreachId
from risk_engine.register.refusals import RiskClosed
from storage import events
from storage.indicators import breaches
from storage.sight import EVERYTHING
from tests.commands.conftest import Book, buttons_of, text_of
from tests.conftest import MONDAY

LOG = 'log ACME credit L4 S5 X2 "lost its main buyer"'
SOON = MONDAY + timedelta(seconds=40)


def key_of(reply: Reply) -> str:
    (value,) = [value for name, value in buttons_of(reply.blocks).items() if name.endswith(".undo")]
    return value


def refused(book: Book, action: str, key: str, user: str = "U0ANA", at=SOON) -> str:
    with pytest.raises(Refused) as no:
        book.press(action, user, key=key, at=at)
    return str(no.value.sentence)


def acknowledged(book: Book) -> Reply:
    book.observe("ACME,dscr,2026-09-30,1.00")
    ((_delivery, message),) = book.told()
    return book.press("breach.ack", "U0ANA", key=buttons_of(message.blocks)["breach.ack"], plan="ask for the accounts")


def test_a_risk_just_logged_is_taken_back_and_the_trail_has_both(book: Book):
    said = book.press("risk.undo", "U0ANA", key=key_of(book.ask(LOG)), at=SOON)

    with book.database.begin(EVERYTHING) as tx:
        assert events.kinds(tx)[-2:] == ["risk.logged", "risk.undone"]
    assert said.text == "R-1 is taken back. The trail keeps the entry."
    assert "no open risk" in text_of(book.ask("show ACME").blocks)


def test_after_a_minute_it_is_refused(book: Book):
    key = key_of(book.ask(LOG))

    assert refused(book, "risk.undo", key, at=MONDAY + timedelta(seconds=61)) == "The minute for Undo is over: nothing was undone."
    assert "R-1" in text_of(book.ask("show ACME").blocks)


def test_nobody_undoes_the_change_of_another(book: Book):
    assert refused(book, "risk.undo", key_of(book.ask(LOG)), user="U0MEI") == "Only the person who made the change can undo it."


def test_what_somebody_has_built_on_stays(book: Book):
    key = key_of(book.ask(LOG))
    book.ask("respond R-1 reduce assign the receivables", user="U0MEI")

    assert refused(book, "risk.undo", key) == "T-1 responds to R-1 already: nothing was undone."


def test_a_second_press_says_that_it_is_done(book: Book):
    key = key_of(book.ask(LOG))
    book.press("risk.undo", "U0ANA", key=key, at=SOON)

    assert refused(book, "risk.undo", key) == "This risk is not open any more: nothing was undone."


def test_an_acknowledgement_is_taken_back_and_the_alert_asks_again(book: Book):
    reply = acknowledged(book)
    book.told()
    said = book.press("breach.undo", "U0ANA", key=key_of(reply), at=SOON)
    ((delivery, alert),) = book.told()

    assert said.text == "B-1 is unacknowledged again; the alert shows it."
    assert (delivery.notice, delivery.operation.value) == ("breach.alert", "update")
    assert "breach.ack" in buttons_of(alert.blocks)


def test_an_acknowledgement_with_a_risk_in_the_register_stays(book: Book):
    key = key_of(acknowledged(book))
    with book.database.begin(EVERYTHING) as tx:
        breach = breaches.get(tx, BreachId(1))
    book.press("breach.respond", "U0MEI", key=breach.key, strategy="reduce", measure="agree a lower limit", likelihood=4, severity=3)

    assert refused(book, "breach.undo", key) == "B-1 is in the register as R-1: nothing was undone."


@pytest.fixture
def taken_back(book: Book) -> Reply:
    """R-1, logged and taken back; the answer to the press."""
    return book.press("risk.undo", "U0ANA", key=key_of(book.ask(LOG)), at=SOON)


def test_the_answer_to_undo_takes_the_place_of_the_card_and_its_buttons(taken_back: Reply):
    assert taken_back.replaces
    assert not buttons_of(taken_back.blocks)


def test_a_risk_that_was_taken_back_says_by_whom_and_can_be_opened_again(book: Book, taken_back: Reply):
    card = book.ask("R-1")

    assert "taken back by @U0ANA · 23 Nov 2026" in text_of(card.blocks)
    assert "No response yet." not in text_of(card.blocks)
    assert list(buttons_of(card.blocks)) == ["risk.reopen"]


def test_the_form_of_a_response_does_not_open_for_a_risk_that_was_taken_back(book: Book, taken_back: Reply):
    with book.database.begin(EVERYTHING) as tx, pytest.raises(RiskClosed):
        registry().actions["risk.respond"].ready({"risk": "R-1"}, book._request("U0ANA"), tx)


def test_the_digest_does_not_count_a_risk_that_was_taken_back(book: Book, taken_back: Reply):
    book.ask('log ACME legal L2 S2 X2 "a lawsuit"')
    digest = book.ask("digest now", at=MONDAY + timedelta(minutes=5))

    assert "1 new risk" in text_of(digest.blocks)
    assert "lost its main buyer" not in f"{digest.text} {text_of(digest.blocks)}"
