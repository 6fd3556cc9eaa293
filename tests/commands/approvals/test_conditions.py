"""What an approval asks for on top: set with the yes, listed until it is met, confirmed by somebody other than its maker."""

from __future__ import annotations

from datetime import timedelta

import pytest

from commands.approvals.approval_conditions import due_part
from commands.home.home import home
from commands.kit.contract import Refused
from commands.kit.digest_parts import Span
from storage.scope import ALL
from storage.sight import EVERYTHING
from tests.commands.authorities import ANA, EVA, MEI, OMAR, asked, deciding, news, quorum
from tests.commands.conftest import buttons_of, text_of
from tests.conftest import MONDAY

LATER = MONDAY + timedelta(hours=1)
AFTER = MONDAY + timedelta(days=12)


@pytest.fixture
def approved(book):
    """Omar approves if the deed is filed and the insurance shown by 3 December."""
    key = asked(book)
    book.press("approval.condition", OMAR, key=key, text="file the deed\n\nshow the insurance", due="2026-12-03", at=LATER)
    return book


def met_key(book, user=MEI, at=LATER) -> str:
    return buttons_of(book.ask("approvals conditions", user, at=at).blocks)["condition.met"]


def test_each_line_is_a_condition_and_the_card_and_the_maker_have_them(approved):
    (card_, card), (outcome, told) = approved.told()

    assert (card_.notice, outcome.audience) == ("approval.request", "person:U0ANA")
    assert text_of(card.blocks[1:]).startswith("A-1 · ✅ approved · 2 conditions open")
    for screen in (text_of(card.blocks), text_of(told.blocks)):
        assert "☐ file the deed · due 3 Dec 2026" in screen
        assert "☐ show the insurance · due 3 Dec 2026" in screen


def test_without_a_day_the_policys_term_counts_and_a_day_in_the_past_is_refused(one_book):
    key = asked(one_book)
    with pytest.raises(Refused, match="is in the past") as past:
        one_book.press("approval.condition", OMAR, key=key, text="file the deed", due="2026-11-22", at=LATER)
    with pytest.raises(Refused, match="up to 10 conditions, one per line, each of 5 to 300 characters"):
        one_book.press("approval.condition", OMAR, key=key, text="file the deed\nxy", at=LATER)
    one_book.press("approval.condition", OMAR, key=key, text="file the deed", at=LATER)

    assert past.value.field == "due"
    assert "due 23 Dec 2026" in text_of(one_book.ask("approvals conditions").blocks)


def test_conditions_are_listed_with_what_is_late_and_no_button_for_the_maker(approved):
    before, late = approved.ask("approvals conditions", MEI, at=LATER), approved.ask("approvals conditions", MEI, at=AFTER)

    assert before.text == "2 conditions are open"
    assert late.text == "2 conditions are open · 2 overdue"
    assert "A-1 · Acme Steel  ☐ file the deed · due 3 Dec 2026 · ▲ 2 days late" in text_of(late.blocks)
    assert "set by @U0OMAR, to be met by @U0ANA" in text_of(late.blocks)
    assert set(buttons_of(late.blocks)) == {"condition.met"}
    assert buttons_of(approved.ask("approvals conditions", ANA, at=LATER).blocks) == {}


def test_a_condition_is_met_once_and_whoever_set_it_is_told(approved):
    approved.told()
    key = met_key(approved)

    said = approved.press("condition.met", MEI, condition=key, evidence="entry 12 in the land register", at=LATER)
    queued = approved.told()

    assert said.text == "The condition of A-1 is met; 1 more is open."
    assert {(delivery.notice, delivery.operation.value, delivery.audience) for delivery, _message in queued} == {
        ("approval.request", "update", "route:approvals"),
        ("condition.met", "post", "person:U0OMAR"),
    }
    for _delivery, message in queued:
        assert "met, @U0MEI 23 Nov 2026: “entry 12 in the land register”" in text_of(message.blocks)
    assert approved.ask("approvals conditions").text == "1 condition is open"
    with pytest.raises(Refused, match="was already met by <@U0MEI>"):
        approved.press("condition.met", EVA, condition=key, evidence="the same again", at=LATER)


def test_the_maker_cannot_find_their_own_conditions_met_by_whichever_account(approved):
    key = met_key(approved)
    accounts = approved.policy.people.model_copy(update={"accounts": {"U0ANA2": "U0ANA"}})
    approved.policy = approved.policy.model_copy(update={"people": accounts})

    for user in (ANA, "U0ANA2"):
        with pytest.raises(Refused, match="You requested A-1 yourself: someone else has to confirm its conditions"):
            approved.press("condition.met", user, condition=key, evidence="believe me", at=LATER)


def test_of_what_is_not_approved_nothing_is_open(one_book):
    assert one_book.ask("approvals conditions").text == "All conditions of the approval are met."


def test_what_falls_due_stands_in_the_digest_once_and_then_as_a_count(approved):
    def part(day, before):
        span = Span(MONDAY + timedelta(days=before), MONDAY + timedelta(days=day), approved._request(ANA).person.reader.tzinfo, ALL)
        with approved.database.begin(EVERYTHING) as tx:
            return due_part(span, approved.policy, tx)

    on_the_day, afterwards = part(10, 9), part(11, 10)

    assert part(9, 8) is None
    assert (str(on_the_day.heading), on_the_day.new, on_the_day.standing) == ("2 conditions fall due", 2, None)
    assert (afterwards.new, str(afterwards.standing)) == (0, "2 conditions due, carried over: /risk approvals conditions")


def test_conditions_that_fall_due_stand_at_home_of_who_set_them_and_of_the_maker(approved, asks):
    def at_home(user, at):
        with approved.database.begin(EVERYTHING) as tx:
            return home(asks(user, at=at), tx)

    assert "2 conditions are due" in text_of(at_home(OMAR, AFTER))
    assert "2 conditions are due" in text_of(at_home(ANA, AFTER))
    assert "condition.met" in buttons_of(at_home(OMAR, AFTER))
    assert "condition.met" not in buttons_of(at_home(ANA, AFTER))
    assert "conditions are due" not in text_of(at_home(OMAR, LATER))
    assert "conditions are due" not in text_of(at_home(MEI, AFTER))


def test_a_yes_with_conditions_that_is_not_the_last_keeps_them(one_book):
    one_book.policy = deciding(one_book.policy, quorum(2))
    key = asked(one_book)
    one_book.press("approval.condition", OMAR, key=key, text="file the deed", at=LATER)
    news(one_book)

    assert one_book.ask("approvals conditions").text == "All conditions of the approval are met."
    one_book.press("approval.approve", MEI, key=key, at=LATER)
    assert one_book.ask("approvals conditions").text == "1 condition is open"
