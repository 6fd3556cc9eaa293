"""Requests that wait: reminded of, each time once, and ended when their time is over, by any number of replicas."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier

import pytest

from bot.policy_in_force import PolicyBook
from bot.timekeeping.watching import Watch
from commands.approvals import pending_approvals
from commands.kit.contract import Refused
from risk_engine.approvals.approval import Approval
from risk_engine.approvals.proposal import ProposalState
from risk_engine.policy.policy import Policy
from risk_engine.references import ApprovalId, ResponseId
from storage import events
from storage.approvals import approvals
from storage.database import Tx
from storage.register import responses
from storage.sight import EVERYTHING
from tests.bot.timekeeping.test_job_scheduler import At
from tests.commands.authorities import EVA, MEI, OMAR, asked, deciding, news, quorum
from tests.commands.conftest import buttons_of, text_of
from tests.conftest import MONDAY


def look(book, days: float, hours: float = 0) -> int:
    """What a replica does when it looks so long after the request."""
    clock = At(MONDAY + timedelta(days=days, hours=hours))
    return Watch(book.database, PolicyBook(book.database, book.policy), clock, lambda: None).tick()


def kinds(book) -> list[str]:
    with book.database.begin(EVERYTHING) as tx:
        return [kind for kind in events.kinds(tx) if kind.startswith("approval.")]


def test_the_deciders_are_reminded_after_a_day_after_three_and_a_day_before_the_end(book):
    book.policy = deciding(book.policy, quorum(1, OMAR, EVA))
    asked(book)

    assert [look(book, days) for days in (0, 0.9, 1, 1.1, 2.9, 3, 3, 12.9, 13, 13.5)] == [0, 0, 1, 0, 0, 1, 0, 0, 1, 0]
    queued = book.told()
    assert [(delivery.notice, delivery.operation.value, delivery.audience) for delivery, _message in queued] == [
        ("approval.reminder", "reply", "route:approvals")
    ] * 3
    screen = text_of(queued[0][1].blocks)
    assert screen.startswith("⏰ @U0OMAR, @U0EVA  A-1 · Acme Steel · T-1")
    assert "requested 1 day ago, expires 7 Dec 2026 09:00" in screen


def test_who_has_spoken_is_not_reminded(one_book):
    one_book.policy = deciding(one_book.policy, quorum(2, OMAR, EVA, MEI))
    key = asked(one_book)
    one_book.press("approval.approve", EVA, key=key)
    look(one_book, 1)

    reminder = next(message for delivery, message in one_book.told() if delivery.notice == "approval.reminder")

    assert text_of(reminder.blocks).startswith("⏰ @U0OMAR, @U0MEI  A-1")


def test_after_a_long_sleep_there_is_one_reminder_and_none_of_what_is_decided(one_book):
    key = asked(one_book)

    assert (look(one_book, 4), look(one_book, 4)) == (1, 0)
    one_book.press("approval.approve", OMAR, key=key)
    assert look(one_book, 13) == 0


def test_a_reminder_that_comes_after_the_decision_says_nothing(one_book):
    key = asked(one_book)
    look(one_book, 1)
    one_book.press("approval.approve", OMAR, key=key)

    assert [message for delivery, message in one_book.told() if delivery.notice == "approval.reminder"] == [None]


def test_when_its_time_is_over_a_request_ends_the_buttons_go_and_the_maker_hears_how_to_ask_again(book):
    key = asked(book)
    with pytest.raises(Refused, match="A-1 expired 7 Dec 2026 09:00: the requester can ask again"):
        book.press("approval.approve", OMAR, key=key, at=MONDAY + timedelta(days=14))

    assert (look(book, 13.999), look(book, 14), look(book, 15)) == (1, 1, 0)
    _reminder, (card_, card), (outcome, told) = book.told()

    with book.database.begin(EVERYTHING) as tx:
        assert responses.get(tx, ResponseId(1)).state is ProposalState.EXPIRED
    assert (card_.operation.value, buttons_of(card.blocks)) == ("update", {})
    assert text_of(card.blocks[1:]).startswith("A-1 · ⌛ expired\nexpired without a decision · 7 Dec 2026 09:00")
    assert outcome.audience == "person:U0ANA"
    assert told.text == "⌛ A-1 (T-1) has expired: nobody decided in time."
    assert "propose it again with /risk respond" in text_of(told.blocks)
    with pytest.raises(Refused, match="A-1 expired 7 Dec 2026 09:00"):
        book.press("approval.reject", OMAR, key=key, reason="too late", at=MONDAY + timedelta(days=15))


def test_what_it_was_about_may_have_ended_before(one_book):
    asked(one_book)
    with one_book.database.begin(EVERYTHING, write=True) as tx:
        responses.save(tx, responses.get(tx, ResponseId(1)).become(ProposalState.WITHDRAWN))

    assert look(one_book, 14) == 1
    assert kinds(one_book)[-1] == "approval.decided"


def test_four_replicas_that_look_at_once_end_and_remind_once(book):
    asked(book)
    for _ in range(5):
        book.ask('respond R-1 avoid "sell the exposure"')
    start = Barrier(4)

    def replica(days):
        start.wait()
        return look(book, days)

    with ThreadPoolExecutor(4) as pool:
        reminded = sum(pool.map(replica, [1] * 4))
        ended = sum(pool.map(replica, [14] * 4))

    assert (reminded, ended) == (6, 6)
    assert (kinds(book).count("approval.reminded"), kinds(book).count("approval.decided")) == (6, 6)


def test_a_process_that_dies_while_it_reminds_leaves_nothing_or_all(one_book):
    asked(one_book)
    now = MONDAY + timedelta(days=1)

    class Killed(BaseException):
        pass

    def die() -> None:
        with one_book.database.begin(EVERYTHING, write=True) as tx:
            pending_approvals.look_after(ApprovalId(1), one_book.policy, tx, now=now)
            raise Killed

    with pytest.raises(Killed):
        die()
    with one_book.database.begin(EVERYTHING) as tx:
        assert approvals.get(tx, ApprovalId(1)).reminded == 0
    assert news(one_book) == []
    assert (look(one_book, 1), look(one_book, 1)) == (1, 0)


def test_one_that_cannot_be_looked_after_does_not_keep_the_others_waiting(one_book, monkeypatch: pytest.MonkeyPatch):
    whole = pending_approvals.look_after

    def failing_once(id: ApprovalId, policy: Policy, tx: Tx, *, now: datetime) -> bool:
        if id == ApprovalId(99):
            raise RuntimeError("a fault of this approval")
        return whole(id, policy, tx, now=now)

    monkeypatch.setattr(pending_approvals, "look_after", failing_once)
    asked(one_book)
    one_book.ask('respond R-1 avoid "sell the exposure"')
    with one_book.database.begin(EVERYTHING, write=True) as tx:
        first = approvals.get(tx, ApprovalId(1))
        approvals.add(tx, replace(first, id=ApprovalId(99), key="f" * 32, expires_at=MONDAY + timedelta(days=1)))

    assert look(one_book, 14) == 2


def test_a_card_shows_changed_facts_before_anybody_presses_and_the_same_ones_once(book):
    key = asked(book)
    watch = Watch(book.database, PolicyBook(book.database, book.policy), At(MONDAY + timedelta(hours=1)), lambda: None)
    idle = watch.tick()
    book.load("facilities", "id,customer,kind,currency,limit,outstanding\nF1,ACME,term_loan,EUR,9000000,8000000\n")

    assert (idle, watch.tick(), watch.tick(), look(book, 0.5)) == (0, 1, 0, 0)
    ((delivery, card),) = book.told()
    fresh = buttons_of(card.blocks)["approval.approve"]
    assert (delivery.notice, delivery.operation.value) == ("approval.request", "update")
    assert "⚠️ 2 facts have changed since the request" in text_of(card.blocks)
    assert fresh != key
    assert book.press("approval.approve", OMAR, key=fresh).text == "A-1 is approved; <@U0ANA> has been told."


def test_what_concerns_another_customer_changes_no_card(one_book):
    asked(one_book)
    one_book.observe("NORD,dscr,2026-09-30,1.00")

    assert look(one_book, 0.5) == 0


def test_a_request_whose_facts_cannot_be_read_does_not_hide_the_others(one_book, monkeypatch: pytest.MonkeyPatch):
    asked(one_book)
    one_book.ask('respond R-1 avoid "sell the exposure"')
    one_book.load("facilities", "id,customer,kind,currency,limit,outstanding\nF1,ACME,term_loan,EUR,9000000,8000000\n")
    whole = approvals.get

    def failing_for_the_first(tx: Tx, id: ApprovalId, **how: bool) -> Approval | None:
        if id == ApprovalId(1):
            raise ValueError("a damaged row")
        return whole(tx, id, **how)

    monkeypatch.setattr(approvals, "get", failing_for_the_first)
    with one_book.database.begin(EVERYTHING) as tx:
        found = pending_approvals.outdated(one_book.policy, tx, now=MONDAY + timedelta(hours=1))

    assert found == [ApprovalId(2)]
