"""Somebody decides with another's authority: for a while, of what was asked after it was given, and both names are on record."""

from __future__ import annotations

from datetime import timedelta

import pytest

from commands.kit.contract import Refused
from risk_engine.people.membership import Member
from risk_engine.people.roles import Role
from risk_engine.references import ApprovalId
from storage.approvals import approvals
from storage.people import people
from storage.sight import EVERYTHING
from tests.commands.authorities import ANA, BEN, EVA, LOG, MEI, OMAR, RESPOND, asked, deciding, quorum
from tests.commands.conftest import DECIDES, buttons_of, text_of
from tests.conftest import MONDAY

LATER = MONDAY + timedelta(hours=1)
GIVEN = 'delegate <@U0EVA> until=2026-12-20 "holiday"'
ROLES = {ANA: Role.RISK_MANAGER, MEI: Role.RISK_MANAGER, OMAR: Role.APPROVER, BEN: Role.APPROVER, EVA: Role.RISK_MANAGER}


@pytest.fixture
def house(book):
    """Omar and Ben decide, the others propose, and Ada gives roles."""
    give(book, ROLES | {"U0ADA": Role.ADMINISTRATOR})
    return book


def give(book, roles):
    with book.database.begin(EVERYTHING, write=True) as tx:
        for person, role in roles.items():
            member = people.get(tx, person)
            changed = Member(person, frozenset({role}) if role else frozenset(), frozenset(), "U0ADA", MONDAY, member.version)
            people.save(tx, changed)


def refused(book, user, key, action="approval.approve", at=LATER, **values) -> str:
    with pytest.raises(Refused) as no:
        book.press(action, user, at=at, key=key, **values)
    return str(no.value.sentence)


def test_who_stands_in_decides_and_both_are_on_record(house):
    said = house.ask(GIVEN, OMAR)
    told = house.told()
    key = asked(house)

    decided = house.press("approval.approve", EVA, key=key, at=LATER)
    (_card, card), (_outcome, message) = house.told()

    assert said.text == "D-1: <@U0EVA> decides on your behalf until 20 Dec 2026, for requests made from now on."
    assert [(delivery.audience, note.text) for delivery, note in told] == [
        (audience, "D-1: <@U0EVA> decides on behalf of <@U0OMAR> until 20 Dec 2026 23:59.") for audience in ("person:U0EVA", "route:audit")
    ]
    assert decided.text == "A-1 is approved; <@U0ANA> has been told."
    assert "approved by @U0EVA on behalf of @U0OMAR" in text_of(card.blocks)
    assert "was approved by <@U0EVA> on behalf of <@U0OMAR>" in message.text
    with house.database.begin(EVERYTHING) as tx:
        (vote,) = approvals.get(tx, ApprovalId(1)).votes
    assert (vote.person, vote.authority) == (EVA, OMAR)


def test_a_delegation_does_not_reach_back(house):
    key = asked(house)
    house.ask(GIVEN, OMAR, at=LATER)

    assert refused(house, EVA, key, at=LATER + timedelta(hours=1)) == ("A-1 is for approvers; you may not decide it now.")


def test_it_ends_on_its_day_when_it_is_taken_back_and_with_the_givers_role(house):
    house.ask(GIVEN, OMAR)
    house.told()
    key = asked(house)
    over = MONDAY + timedelta(days=28)

    assert "You need the role approver to decide approvals" in refused(house, EVA, key, at=over)
    give(house, {OMAR: Role.RISK_MANAGER})
    assert "You need the role approver to decide approvals" in refused(house, EVA, key)
    give(house, {OMAR: Role.APPROVER})
    assert house.ask("delegate D-1 end", OMAR, at=LATER).text == "D-1 has ended: <@U0EVA> no longer decides on behalf of <@U0OMAR>."
    assert "You need the role approver to decide approvals" in refused(house, EVA, key, at=LATER)


def test_the_maker_decides_nothing_of_their_own_through_anybody(house):
    house.ask('delegate <@U0ANA> until=2026-12-20 "holiday"', OMAR)
    house.told()
    key = asked(house)

    assert refused(house, ANA, key) == "You requested A-1 yourself: someone else has to decide it."


def test_nobody_decides_in_the_stead_of_the_maker(house):
    give(house, {ANA: Role.APPROVER})
    with house.database.begin(EVERYTHING, write=True) as tx:
        people.save(
            tx, Member(ANA, frozenset({Role.APPROVER, Role.RISK_MANAGER}), frozenset(), "U0ADA", MONDAY, people.get(tx, ANA).version)
        )
    house.ask(GIVEN, ANA)
    house.told()

    assert "you may not decide it now" in refused(house, EVA, asked(house))


def test_of_two_whose_authority_would_do_the_one_who_is_silent_is_taken(house):
    house.policy = deciding(house.policy, quorum(2))
    house.ask(GIVEN, OMAR)
    house.ask(GIVEN, BEN)
    house.told()
    key = asked(house)
    house.press("approval.approve", OMAR, key=key, at=LATER)

    assert house.press("approval.approve", EVA, key=key, at=LATER).text == "A-1 is approved; <@U0ANA> has been told."
    with house.database.begin(EVERYTHING) as tx:
        assert [(vote.person, vote.authority) for vote in approvals.get(tx, ApprovalId(1)).votes] == [(OMAR, OMAR), (EVA, BEN)]


def test_who_stands_in_for_somebody_who_has_spoken_hears_so(house):
    house.policy = deciding(house.policy, quorum(2))
    house.ask(GIVEN, OMAR)
    house.told()
    key = asked(house)
    house.press("approval.approve", OMAR, key=key, at=LATER)

    assert refused(house, EVA, key) == "You, or the person you stand in for, have already voted on A-1: one person, one vote."


def test_only_the_kinds_named_are_lent(house):
    house.ask(f"{GIVEN} kinds=override,waiver", OMAR)
    house.told()
    key = asked(house)

    assert "you may not decide it now" in refused(house, EVA, key)
    assert house.refusal("delegate <@U0EVA> until=2026-12-20 holiday kinds=everything", OMAR).startswith(
        "Kinds “everything”: expected some of response,"
    )


@pytest.mark.parametrize(
    ("line", "user", "said"),
    [
        (GIVEN, MEI, "You need the role approver to decide approvals"),
        (GIVEN, "U0ADA", "Administrators assign roles and cannot decide approvals"),
        (GIVEN, EVA, "You decide on behalf of others: delegated authority cannot be delegated again."),
        ('delegate <@U0BEN> until=2026-12-20 "to myself"', BEN, "You cannot delegate to yourself: name someone else."),
        ('delegate <@U0EVA> until=2026-11-20 "too late"', OMAR, "A delegation ends between"),
        ('delegate <@U0EVA> until=2027-11-20 "too long"', OMAR, "A delegation ends between"),
        ("delegate <@U0EVA>", OMAR, "State until when and why, as in"),
        ("delegate D-9 end", OMAR, "There is no D-9."),
        ("delegate D-1 end", BEN, "D-1 is not yours: <@U0OMAR> gave it."),
        ("delegate D-1", OMAR, "To revoke it, type `/risk delegate D-1 end`."),
    ],
)
def test_what_cannot_be_lent_is_refused_in_words(house, line, user, said):
    if user != MEI:
        give(house, {"U0ADA": Role.ADMINISTRATOR, EVA: Role.VIEWER})
    house.ask(GIVEN, OMAR)
    if user == "U0ADA":
        with house.database.begin(EVERYTHING, write=True) as tx:
            held = frozenset({Role.ADMINISTRATOR, Role.APPROVER})
            people.save(tx, Member("U0ADA", held, frozenset(), "U0EVA", MONDAY, people.get(tx, "U0ADA").version))

    assert house.refusal(line, user).startswith(said)


def test_what_stands_is_listed_for_the_two_and_for_those_who_watch(house):
    give(house, {"U0LEA": Role.AUDITOR})
    house.ask(GIVEN, OMAR)
    his, hers, nobodys, all_ = (house.ask("delegate", user) for user in (OMAR, EVA, MEI, "U0LEA"))

    for reply in (his, hers, all_):
        assert reply.text == "1 delegation in force: D-1"
        assert "D-1  @U0EVA on behalf of @U0OMAR\nuntil 20 Dec 2026 23:59 · all kinds · “holiday”" in text_of(reply.blocks)
    assert nobodys.text == "You have no delegations, given or received."
    assert (set(buttons_of(his.blocks)), set(buttons_of(hers.blocks)), set(buttons_of(all_.blocks))) == (
        {"delegation.end", "delegation.give"},
        {"delegation.end"},
        set(),
    )


def test_the_button_ends_it_once_and_the_other_is_told(house):
    house.ask(GIVEN, OMAR)
    house.told()
    button = buttons_of(house.ask("delegate", EVA).blocks)["delegation.end"]

    house.press("delegation.end", EVA, delegation=button, at=LATER)

    assert {delivery.audience for delivery, _message in house.told()} == {"person:U0OMAR", "route:audit"}
    with pytest.raises(Refused, match="D-1 has ended already"):
        house.press("delegation.end", OMAR, delegation=button, at=LATER)


def test_what_somebody_may_decide_for_others_is_on_their_desk(house):
    house.ask(GIVEN, OMAR)
    house.ask(LOG)
    house.ask(RESPOND)

    hers, nobodys = house.ask("approvals", EVA), house.ask("approvals", MEI)

    assert set(buttons_of(hers.blocks)) == DECIDES
    assert buttons_of(nobodys.blocks) == {}


def test_a_role_that_was_taken_since_the_form_opened_is_missed_when_it_is_sent(house):
    key = asked(house)
    give(house, {OMAR: Role.VIEWER})

    for action, values in (("approval.reject", {"reason": "too dear"}), ("approval.condition", {"text": "file the deed"})):
        assert refused(house, OMAR, key, action, **values).startswith("You need the role approver to decide approvals")


@pytest.mark.parametrize(("who", "gone"), [(OMAR, OMAR), (EVA, EVA)], ids=["the giver", "the delegate"])
def test_a_delegation_of_somebody_who_has_left_is_marked_as_without_effect(house, who, gone):
    house.ask(GIVEN, OMAR)

    listed = text_of(house.ask("delegate", OMAR, at=LATER).blocks)
    marked = text_of(house.ask("delegate", OMAR, at=LATER, welcome=lambda person: person != gone).blocks)

    assert "Without effect" not in listed
    assert f"⛔ Without effect: the account of @{who} has no access." in "".join(marked.splitlines())
