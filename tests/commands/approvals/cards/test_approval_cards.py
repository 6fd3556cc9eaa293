"""The request as everybody sees it: facts, steps, voices, what has changed, and how it ended."""

from __future__ import annotations

from datetime import timedelta

import pytest

from commands.kit.contract import Refused
from risk_engine.approvals.approval_policy import Committee, Step
from risk_engine.people.roles import Role
from risk_engine.references import ResponseId
from storage import events
from storage.register import responses
from storage.sight import EVERYTHING
from tests.commands.authorities import ANA, BEN, CREDIT, EVA, MEI, OMAR, asked, deciding, news, quorum
from tests.commands.conftest import DECIDES, buttons_of, text_of
from tests.commands.scoring.test_scoring import quote, run
from tests.conftest import MONDAY

LATER = MONDAY + timedelta(hours=1)
COMMITTEE = Committee(members=(ANA, BEN, EVA, MEI), veto=(EVA,))


def cards(book):
    """The rewritten requests, of what has been queued."""
    return [message for delivery, message in book.told() if delivery.notice == "approval.request"]


def state(book) -> str:
    with book.database.begin(EVERYTHING) as tx:
        return responses.get(tx, ResponseId(1)).state.value


def refused(book, action, user, **values) -> str:
    with pytest.raises(Refused) as no:
        book.press(action, user, at=LATER, **values)
    return str(no.value.sentence)


def test_a_request_that_waits_shows_the_facts_who_decides_and_until_when(book):
    book.observe("ACME,dscr,2026-09-30,1.00")
    book.told()
    book.ask('log ACME credit L4 S5 X2 "lost its main buyer"')
    book.ask('respond R-1 reduce "assign the receivables to us" due=2027-03-31')
    ((_delivery, message),) = book.told()
    screen = text_of(message.blocks)

    for line in (
        "Reduce R-1 for Acme Steel: assign the receivables to us",
        "A-1 · pending approval",
        "Customer  Acme Steel (ACME)",
        "Exposure  EUR 4.45 m; USD 300 k",
        "Group limits  EUR 6 m; USD 300 k",
        "Open breaches  B-1",
        "Response  T-1 · reduce · assign the receivables to us",
        "Requested by  @U0ANA · 23 Nov 2026 09:00",
        "Approvals  0 of 1 · approvers",
        "Expires  7 Dec 2026 09:00",
    ):
        assert line in screen
    assert "⚠️" not in screen


def test_a_card_is_titled_by_what_is_asked_with_the_exposure_that_decides_who_may(book):
    quote(book, "USD", 0.9)
    book.ask('log ACME credit L4 S5 X2 "lost its main buyer"')
    book.ask('respond R-1 reduce "assign the receivables to us" due=2027-03-31')
    (card,) = cards(book)

    assert text_of(card.blocks[0]) == "Reduce R-1 for Acme Steel: assign the receivables to us, EUR 6.27 m group exposure"


def test_the_same_request_twice_is_pointed_out_to_its_maker_and_on_the_card(book):
    asked(book)
    reply = book.ask('respond R-1 reduce "Assign the receivables to us" due=2027-03-31', user=MEI)
    cards_now = [text_of(card.blocks) for card in cards(book)]

    assert "A-1 already asks for the same" in text_of(reply.blocks)
    assert "Same request  A-1" in cards_now[-1]


def test_a_grade_that_the_request_itself_worsened_is_no_changed_fact(book):
    quote(book, "USD", 0.9)
    book.load("ratings", "customer,rating,as_of,agency\nACME,A,2026-10-01,S&P\n")
    run(book)
    book.told()
    key = asked(book)
    run(book, LATER)

    said = book.press("approval.approve", OMAR, key=key, at=LATER)

    assert said.text.startswith("A-1 is approved; <@U0ANA> has been told.")
    assert "⚠️" not in text_of([card.blocks for card in cards(book)])


def test_a_grade_that_something_else_worsened_stays_a_changed_fact(book):
    quote(book, "USD", 0.9)
    book.load("ratings", "customer,rating,as_of,agency\nACME,A,2026-10-01,S&P\n")
    run(book)
    book.told()
    key = asked(book)
    book.load("ratings", "customer,rating,as_of,agency\nACME,CCC,2026-11-20,S&P\n", at=LATER)
    run(book, LATER)

    assert "facts have changed" in book.press("approval.approve", OMAR, key=key, at=LATER).text


def test_the_answer_to_an_approval_says_what_happens_next(book):
    key = asked(book)

    said = book.press("approval.condition", OMAR, key=key, text="file the deed\nlist the debtors", due="2026-12-01", at=LATER)

    assert "<@U0ANA> carries out T-1 by 31 Mar 2027." in text_of(said.blocks)
    assert "2 conditions, the first due on 1 Dec 2026: someone other than the requester confirms each one" in text_of(said.blocks)


def test_two_voices_are_needed_where_the_policy_says_so_and_the_maker_is_told_at_the_end(book):
    book.policy = deciding(book.policy, quorum(2))
    key = asked(book)

    first = book.press("approval.approve", OMAR, key=key, at=LATER)
    told = book.told()
    second = book.press("approval.approve", MEI, key=key, at=LATER)

    assert first.text == "Your vote is recorded; A-1 needs 1 more."
    assert [(delivery.notice, delivery.operation.value) for delivery, _message in told] == [("approval.request", "update")]
    assert "Approvals  1 of 2 · approvers" in text_of(told[0][1].blocks)
    assert "Votes  ✅ @U0OMAR, 23 Nov 2026" in text_of(told[0][1].blocks)
    assert set(buttons_of(told[0][1].blocks)) == DECIDES
    assert second.text == "A-1 is approved; <@U0ANA> has been told."
    assert news(book) == [("approval.request", "update", "route:approvals"), ("approval.outcome", "post", "person:U0ANA")]


def test_one_person_is_one_voice(one_book):
    one_book.policy = deciding(one_book.policy, quorum(2))
    key = asked(one_book)
    one_book.press("approval.approve", OMAR, key=key, at=LATER)

    said = refused(one_book, "approval.approve", OMAR, key=key)

    assert said == "You, or the person you stand in for, have already voted on A-1: one person, one vote."
    assert state(one_book) == "proposed"


def test_the_people_of_the_next_step_are_called_in_the_thread(book):
    book.policy = deciding(book.policy, Step(role=Role.APPROVER, people=(OMAR,)), quorum(1, EVA, MEI))
    key = asked(book)

    too_early = refused(book, "approval.approve", EVA, key=key)
    said = book.press("approval.approve", OMAR, key=key, at=LATER)
    _card, (step, message) = book.told()
    not_theirs = refused(book, "approval.approve", BEN, key=key)

    assert too_early == "Step 1 of A-1 is for <@U0OMAR>, which does not include you."
    assert said.text == "Your vote is recorded. A-1 moves to step 2 of 2, for <@U0EVA>, <@U0MEI>."
    assert (step.notice, step.operation.value) == ("approval.step", "reply")
    assert text_of(message.blocks).startswith("@U0EVA, @U0MEI  step 2 of 2")
    assert not_theirs == "Step 2 of A-1 is for <@U0EVA>, <@U0MEI>, which does not include you."


def test_facts_that_have_changed_are_refused_shown_from_what_to_what_and_then_approved(book):
    key = asked(book)
    book.load("facilities", "id,customer,kind,currency,limit,outstanding\nF1,ACME,term_loan,EUR,9000000,8000000\n")

    reply = book.press("approval.approve", OMAR, key=key, at=LATER)
    ((refresh, card),) = book.told()
    fresh = buttons_of(card.blocks)["approval.approve"]

    assert reply.text == ("The facts have changed since A-1 was shown to you, so nothing was decided: please review them again.")
    assert buttons_of(reply.blocks)["approval.approve"] == fresh != key
    assert (refresh.notice, refresh.operation.value) == ("approval.request", "update")
    for screen in (text_of(reply.blocks), text_of(card.blocks)):
        assert "⚠️ 2 facts have changed since the request" in screen
        assert "Exposure  EUR 4.45 m; USD 300 k → EUR 8.25 m; USD 300 k" in screen
    assert "Exposure  EUR 4.45 m; USD 300 k\n" in text_of(card.blocks)
    assert state(book) == "proposed"
    assert book.press("approval.approve", OMAR, key=fresh, at=LATER).text == "A-1 is approved; <@U0ANA> has been told."
    assert "⚠️ Decided although 2 facts had changed since the request" in text_of(cards(book)[0].blocks)
    assert "EUR 8.25 m" in text_of(book.ask("approvals A-1").blocks)


def test_conditions_typed_on_outdated_facts_are_given_back_with_the_answer(one_book):
    key = asked(one_book)
    one_book.load("facilities", "id,customer,kind,currency,limit,outstanding\nF1,ACME,term_loan,EUR,9000000,8000000\n")

    reply = one_book.press("approval.condition", OMAR, key=key, text="file the deed", at=LATER)

    assert "Your conditions were not recorded:\nfile the deed" in text_of(reply.blocks)
    with one_book.database.begin(EVERYTHING) as tx:
        assert events.kinds(tx)[-1] == "approval.refreshed"


def test_a_no_does_not_need_the_newest_facts(one_book):
    key = asked(one_book)
    one_book.load("facilities", "id,customer,kind,currency,limit,outstanding\nF1,ACME,term_loan,EUR,9000000,8000000\n")

    assert one_book.press("approval.reject", OMAR, key=key, reason="too dear", at=LATER).text == "A-1 is rejected; <@U0ANA> has been told."


def test_a_committee_votes_and_the_minutes_stand_in_the_thread(book):
    book.policy = deciding(book.policy, CREDIT, committee=COMMITTEE)
    key = asked(book)
    card = text_of(book.ask("approvals A-1", OMAR).blocks)

    aside = book.press("approval.recuse", MEI, key=key, reason="my brother works there", at=LATER)
    book.press("approval.approve", BEN, key=key, at=LATER)
    book.told()
    book.press("approval.approve", EVA, key=key, at=LATER)
    _card, _outcome, (delivery, minutes) = book.told()
    screen = text_of(minutes.blocks)

    assert "Approvals  committee credit: 0 of 2 votes, 3 seats · @U0BEN, @U0EVA, @U0MEI · veto @U0EVA" in card
    assert aside.text == "You have abstained; A-1 awaits the others."
    assert (delivery.notice, delivery.operation.value) == ("approval.minutes", "reply")
    for line in (
        "approved by @U0EVA",
        "committee credit · 2 for, 0 against; 2 of 2 votes required (2/3) · veto @U0EVA",
        "🚫 @U0MEI abstained, 23 Nov 2026: “my brother works there”",
        "✅ @U0BEN, 23 Nov 2026",
        "– @U0ANA requested it and has no vote",
    ):
        assert line in screen


def test_a_veto_ends_it_and_names_who_did_not_vote(one_book):
    one_book.policy = deciding(one_book.policy, CREDIT, committee=COMMITTEE)
    key = asked(one_book)

    said = one_book.press("approval.reject", EVA, key=key, reason="not with this sponsor", at=LATER)
    minutes = next(message for delivery, message in one_book.told() if delivery.notice == "approval.minutes")

    assert said.text == "A-1 is rejected; <@U0ANA> has been told."
    assert "0 for, 1 against" in text_of(minutes.blocks)
    assert "– @U0BEN, @U0MEI did not vote" in text_of(minutes.blocks)


def test_whoever_has_no_seat_hears_whose_vote_it_is_and_nobody_stands_aside_without_a_vote(one_book):
    one_book.policy = deciding(one_book.policy, CREDIT, committee=COMMITTEE)
    key = asked(one_book)

    said = refused(one_book, "approval.approve", OMAR, key=key)

    assert said == ("A-1 is for the committee credit: <@U0ANA>, <@U0BEN>, <@U0EVA>, <@U0MEI>, which does not include you.")
    one_book.policy = deciding(one_book.policy, quorum(1))
    one_book.ask('respond R-1 avoid "sell the exposure"')
    other = buttons_of(one_book.told()[0][1].blocks)
    assert set(other) == DECIDES
    assert refused(one_book, "approval.recuse", OMAR, key=other["approval.approve"], reason="my brother").startswith(
        "A-2 is not decided by vote"
    )


def test_what_others_ended_is_said_in_words_of_their_own(one_book):
    key = asked(one_book)
    one_book.press("approval.withdraw", ANA, key=key[:32], reason="the plant is sold", at=LATER)

    assert refused(one_book, "approval.approve", OMAR, key=key) == "<@U0ANA> withdrew A-1, 23 Nov 2026 10:00. Nothing was changed."


def test_the_maker_takes_it_back_and_the_buttons_go(book):
    key = asked(book)
    button = buttons_of(book.ask("approvals mine").blocks)["approval.withdraw"]

    said = book.press("approval.withdraw", ANA, key=button, reason="the plant is sold", at=LATER)
    (card,) = cards(book)

    assert said.text == "You have withdrawn A-1: no decision is needed."
    assert state(book) == "withdrawn"
    assert "\nA-1 · 🗑️ withdrawn\nwithdrawn by @U0ANA · 23 Nov 2026 10:00\n“the plant is sold”" in text_of(card.blocks)
    assert buttons_of(card.blocks) == {}
    assert key.startswith(button)


def test_nobody_else_takes_it_back(one_book):
    key = asked(one_book)

    assert refused(one_book, "approval.withdraw", OMAR, key=key[:32]) == "<@U0ANA> requested A-1: nobody else can withdraw it."
    assert state(one_book) == "proposed"


def test_an_answer_to_whoever_asked_lets_them_take_it_back(one_book):
    one_book.ask('log ACME credit L4 S5 X2 "lost its main buyer"')
    reply = one_book.ask('respond R-1 reduce "assign the receivables to us"')

    assert set(buttons_of(reply.blocks)) == {"approval.withdraw"}


def test_who_has_spoken_in_an_earlier_step_has_no_seat_in_the_committee(one_book):
    one_book.policy = deciding(one_book.policy, quorum(1), CREDIT, committee=COMMITTEE)
    key = asked(one_book)

    one_book.press("approval.approve", BEN, key=key, at=LATER)
    one_book.told()
    one_book.press("approval.approve", EVA, key=key, at=LATER)
    card = text_of(one_book.ask("approvals A-1").blocks)
    said = one_book.press("approval.approve", MEI, key=key, at=LATER)
    minutes = next(message for delivery, message in one_book.told() if delivery.notice == "approval.minutes")

    assert "committee credit: 1 of 2 votes, 2 seats · step 2 of 2 · @U0EVA, @U0MEI · veto @U0EVA" in card
    assert said.text == "A-1 is approved; <@U0ANA> has been told."
    assert "– @U0BEN decided in an earlier step and had no vote" in text_of(minutes.blocks)
