"""Roles are shown, given, taken and undone by those who may, and tell those whom it concerns."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest

from commands.kit.contract import Refused, Reply
from commands.kit.registry import registry
from risk_engine.people.roles import Reach, Role
from risk_engine.policy.policy import Policy
from storage import events
from storage.people import people
from storage.sight import EVERYTHING
from tests.commands.conftest import Book, buttons_of, text_of
from tests.conftest import MONDAY

BOSS, SECOND = "U0BOSS", "U0SECOND"


@pytest.fixture
def house(policy: Policy) -> Policy:
    """The packaged policy where one person administers by setting."""
    return policy.model_copy(update={"roles": policy.roles.known_as(members={}, administrators=[BOSS])})


@pytest.fixture
def grouped(policy: Policy) -> Policy:
    """A policy that names a Slack user group of approvers."""
    rules = policy.roles.model_copy(update={"groups": {"S0CREDIT": Role.APPROVER}})
    return policy.model_copy(update={"roles": rules.known_as(members={"S0CREDIT": ["U0EVA"]}, administrators=[BOSS])})


def kept(reply: Reply) -> str:
    """What the button *Undo* carries."""
    return next(part["value"] for block in reply.blocks for part in block.get("elements", ()) if part.get("action_id") == "people.undo")


def undo(book: Book, reply: Reply, policy: Policy, user: str = BOSS) -> Reply:
    book.policy = policy
    return book.press("people.undo", user, key=kept(reply))


def roles_of(book: Book, person: str) -> frozenset[Role]:
    with book.database.begin(EVERYTHING) as tx:
        return people.get(tx, person).roles


def history(book: Book) -> list[str]:
    with book.database.begin(EVERYTHING) as tx:
        return [kind for kind in events.kinds(tx) if kind.startswith("role.")]


def test_until_a_role_is_given_everybody_sees_what_all_play(book: Book, house: Policy):
    mine = text_of(book.ask("people", BOSS, policy=house).blocks)

    assert "No role has been assigned" in mine
    assert "By setting (RISKBOT_ADMINS): @U0BOSS" in mine


def test_the_first_role_is_given_with_a_warning_and_holds_at_once(book: Book, house: Policy):
    given = book.assign("people <@U0ANA|ana> analyst, Risk_manager department=corporate", BOSS, policy=house)

    assert given.text == "<@U0ANA>: analyst, risk manager · Corporate (before: no role)."
    assert "from now on, people without a role see nothing" in text_of(given.blocks)
    assert "the administrator role does not show customers" in text_of(given.blocks)
    assert "Acme Steel" in text_of(book.ask("list", "U0ANA", policy=house).blocks)
    with pytest.raises(Refused, match=r"You need the role viewer, .* to see customers; .* Please ask <@U0BOSS>"):
        book.ask("list", "U0OMAR", policy=house)


def test_the_first_role_is_asked_about_before_it_takes_effect(book: Book, house: Policy):
    asked = book.ask('people <@U0ADA|ada> analyst reason="starts today"', BOSS, policy=house, members=lambda: 6)
    screen = text_of(asked.blocks)

    assert asked.text == "Nothing has been changed yet. Assign analyst to <@U0ADA> as the first role of the team?"
    assert "people without a role see nothing: no customer, no risk, no answer." in screen
    assert "5 people of 6 would see nothing until you assign their roles." in screen
    assert "You would be among them" in screen
    assert (roles_of(book, "U0ADA"), history(book)) == (frozenset(), [])
    assert "Acme Steel" in text_of(book.ask("list", "U0OMAR", policy=house).blocks)

    book.policy = house
    given = book.press("people.first", BOSS, key=buttons_of(asked.blocks)["people.first"])
    assert given.text == "<@U0ADA>: analyst (before: no role)."
    assert (roles_of(book, "U0ADA"), history(book)) == ({Role.ANALYST}, ["role.given"])


def test_the_question_about_the_first_role_holds_for_a_day_for_the_asker_and_for_the_roles_as_they_were(book: Book, house: Policy):
    asked = book.ask("people <@U0ADA> analyst", BOSS, policy=house)
    key, book.policy = buttons_of(asked.blocks)["people.first"], house
    again = buttons_of(book.ask("people <@U0ADA> viewer", BOSS, policy=house).blocks)["people.first"]

    with pytest.raises(Refused, match="This question has expired"):
        book.press("people.first", BOSS, at=MONDAY + timedelta(days=1, seconds=1), key=key)
    with pytest.raises(Refused, match="You need the role administrator"):
        book.press("people.first", "U0OMAR", key=key)
    book.press("people.first", BOSS, key=again)
    with pytest.raises(Refused, match="have been changed since: nothing was assigned"):
        book.press("people.first", BOSS, key=key)


def test_the_one_concerned_and_the_audit_channel_are_told(book: Book, house: Policy):
    book.assign('people <@U0ANA> analyst reason="joins the team"', BOSS, policy=house)
    told = {delivery.audience: message for delivery, message in book.told() if delivery.notice.startswith("role.") and message}

    assert set(told) == {"person:U0ANA", "route:audit"}
    assert "<@U0BOSS> changed your roles: analyst (before: no role)." in told["person:U0ANA"].text
    assert "“joins the team”" in text_of(told["route:audit"].blocks)
    assert history(book) == ["role.given"]


def test_roles_and_departments_stay_where_nothing_is_said_of_them(book: Book, house: Policy):
    book.assign("people <@U0ANA> analyst department=Corporate,projects", BOSS, policy=house)
    moved = book.assign("people <@U0ANA> department=Projects", BOSS, policy=house)
    taken = book.assign("people <@U0ANA> none", BOSS, policy=house)

    assert moved.text == "<@U0ANA>: analyst · Projects (before: analyst · Corporate, Projects)."
    assert taken.text == "<@U0ANA>: no role · Projects (before: analyst · Projects)."
    assert "No roles are assigned any more" in text_of(taken.blocks)
    assert history(book) == ["role.given", "role.given", "role.taken"]


def test_undo_gives_back_what_was_held_once_and_not_over_a_later_change(book: Book, house: Policy):
    book.assign("people <@U0ANA> analyst", BOSS, policy=house)
    second = book.assign("people <@U0ANA> approver", BOSS, policy=house)
    back = undo(book, second, house)

    assert back.text == "<@U0ANA>: analyst (before: approver)."
    assert roles_of(book, "U0ANA") == {Role.ANALYST}
    with pytest.raises(Refused, match="have been changed since"):
        undo(book, second, house)


def test_undo_is_over_after_a_day(book: Book, house: Policy):
    given = book.assign("people <@U0ANA> analyst", BOSS, policy=house)
    book.policy = house

    with pytest.raises(Refused, match="no longer be undone"):
        book.press("people.undo", BOSS, at=MONDAY + timedelta(days=1, seconds=1), key=kept(given))
    with pytest.raises(Refused, match="no longer be undone"):
        book.press("people.undo", BOSS, key=uuid.uuid4().hex)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("people <@U0BOSS> analyst", "You cannot change your own roles"),
        ("people <@U0BOSS> none", "administrator through RISKBOT_ADMINS: only the operator"),
        ("people <@U0ANA> analist", "Did you mean `analyst`?"),
        ("people <@U0ANA> none,viewer", "must stand alone"),
        ("people <@U0ANA> department=Corprate", "there are: Corporate, Projects"),
        ("people <@U0ANA> none", "already has these roles and departments"),
        ("people set <@U0ANA>", "State the roles"),
        ("people ana analyst", "expected a person, as @name"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_writes_nothing(book: Book, house: Policy, line: str, why: str):
    with pytest.raises(Refused, match=why.replace("?", r"\?")):
        book.ask(line, BOSS, policy=house)

    assert history(book) == []


def test_only_administrators_give_roles_also_before_the_first_is_given(book: Book, policy: Policy):
    with pytest.raises(Refused, match="Please ask the operator to name the first administrator in RISKBOT_ADMINS"):
        book.assign("people <@U0OMAR> analyst", "U0ANA", policy=policy)


def test_the_last_administrator_cannot_be_taken_away(book: Book, house: Policy, policy: Policy):
    book.assign("people <@U0SECOND> administrator", BOSS, policy=house)
    book.assign("people <@U0THIRD> administrator", SECOND, policy=policy)
    book.assign("people <@U0SECOND> none", "U0THIRD", policy=policy)
    accounts = policy.model_copy(update={"people": policy.people.model_copy(update={"accounts": {"U0OTHER": "U0THIRD"}})})

    with pytest.raises(Refused, match="You cannot change your own roles"):
        book.assign("people <@U0OTHER> analyst", "U0THIRD", policy=accounts)
    with pytest.raises(Refused, match="You cannot change your own roles"):
        book.assign("people <@U0THIRD> none", "U0THIRD", policy=policy)
    assert roles_of(book, "U0THIRD") == {Role.ADMINISTRATOR}


def test_a_policy_that_lets_everybody_administer_cannot_be_closed_without_an_administrator(book: Book, policy: Policy):
    rules = policy.roles.model_copy(update={"before": (Role.ADMINISTRATOR,)})

    with pytest.raises(Refused, match="Nobody would be left to assign roles"):
        book.assign("people <@U0OMAR> analyst", "U0ANA", policy=policy.model_copy(update={"roles": rules}))


def test_a_guest_cannot_be_given_a_role_and_can_lose_one(book: Book, house: Policy):
    book.assign("people <@U0GUS> analyst", BOSS, policy=house)
    taken = book.assign("people <@U0GUS> none", BOSS, policy=house, welcome=lambda who: False)

    assert taken.text == "<@U0GUS>: no role (before: analyst)."
    assert [delivery.audience for delivery, _message in book.told() if delivery.notice.startswith("role.")][2:] == ["route:audit"]
    with pytest.raises(Refused, match="is not a full member of this workspace"):
        book.assign("people <@U0GUS> viewer", BOSS, policy=house, welcome=lambda who: False)


def test_whoever_does_not_look_after_roles_sees_their_own(book: Book, house: Policy):
    book.assign("people <@U0ANA> viewer", BOSS, policy=house)
    mine, nothing = (
        text_of(book.ask("people", "U0ANA", policy=house).blocks),
        text_of(book.ask("people", "U0OMAR", policy=house).blocks),
    )

    assert "Your roles: viewer" in mine
    assert "May  see customers" in mine
    assert "Your roles: no role" in nothing
    assert "Sees  no customers" in nothing
    with pytest.raises(Refused, match="You need the role administrator to assign roles"):
        book.assign("people <@U0OMAR>", "U0ANA", policy=house)


def test_an_auditor_sees_everybody_and_changes_nothing(book: Book, house: Policy):
    book.assign("people <@U0AUD> auditor", BOSS, policy=house)
    seen = book.ask("people", "U0AUD", policy=house)

    assert "auditor" in text_of(seen.blocks)
    assert "form.new:people" not in buttons_of(seen.blocks)
    assert "form.new:people" in buttons_of(book.ask("people", BOSS, policy=house).blocks)
    with pytest.raises(Refused, match="You need the role administrator to assign roles"):
        book.assign("people <@U0ANA> viewer", "U0AUD", policy=house)


def test_a_user_group_gives_a_role_that_no_line_takes(book: Book, grouped: Policy):
    everybody = text_of(book.ask("people", BOSS, policy=grouped).blocks)

    assert "User group S0CREDIT · approver · 1 member" in everybody
    assert "By user group  approver" in text_of(book.ask("people", "U0EVA", policy=grouped).blocks)
    with pytest.raises(Refused, match="until they leave the group"):
        book.assign("people <@U0EVA> none", BOSS, policy=grouped)
    with pytest.raises(Refused, match=r"You need the role viewer, .* to see customers"):
        book.ask("list", "U0OMAR", policy=grouped)


def test_the_list_is_paged(book: Book, house: Policy):
    for number in range(16):
        book.assign(f"people <@U0P{number}> viewer", BOSS, policy=house)
    first = book.ask("people", BOSS, policy=house)

    assert first.text == "16 people hold a role or a department"
    assert [str(label) for label, _args in first.pages] == ["Next ▶"]
    with pytest.raises(Refused, match="the last one is 2"):
        book.ask("people page=3", BOSS, policy=house)


def test_two_changes_at_the_same_instant_do_not_overwrite_each_other(book: Book):
    with book.database.begin(EVERYTHING, write=True) as tx:
        before = people.get(tx, "U0ANA")
        people.save(tx, replace(before, roles=frozenset({Role.VIEWER}), given_by=BOSS, given_at=MONDAY))

    with pytest.raises(Exception, match="on record"), book.database.begin(EVERYTHING, write=True) as tx:
        people.save(tx, replace(before, roles=frozenset({Role.ANALYST}), given_by=BOSS, given_at=MONDAY))
    assert registry().commands["people set"].writes


# --- a department narrows what the role does not widen ---------------------------------------------------------------


def test_a_department_beside_a_role_that_reaches_all_says_that_everything_is_seen(book: Book, house: Policy):
    said = text_of(book.assign("people <@U0ANA> analyst department=Corporate", BOSS, policy=house).blocks)

    assert "will see all customers, not only those of Corporate: the role analyst covers all of them" in said
    assert "roles.analyst.reach to “department”" in said


def test_a_department_beside_a_role_of_that_reach_says_nothing_of_the_kind(book: Book, policy: Policy):
    analyst = policy.roles.analyst.model_copy(update={"reach": Reach.DEPARTMENT})
    rules = policy.roles.model_copy(update={"analyst": analyst})
    narrow = policy.model_copy(update={"roles": rules.known_as(members={}, administrators=[BOSS])})
    given = text_of(book.assign("people <@U0ANA> analyst department=Corporate", BOSS, policy=narrow).blocks)
    both = text_of(book.assign("people <@U0ANA> analyst,viewer department=Corporate", BOSS, policy=narrow).blocks)

    assert "will see" not in given
    assert "the role viewer covers all of them" in both


def test_a_department_beside_a_role_that_reaches_ones_own_says_that_it_gives_nothing(book: Book, policy: Policy):
    manager = policy.roles.relationship_manager.model_copy(update={"reach": Reach.OWN})
    rules = policy.roles.model_copy(update={"relationship_manager": manager})
    narrow = policy.model_copy(update={"roles": rules.known_as(members={}, administrators=[BOSS])})

    said = text_of(book.assign("people <@U0ANA> relationship_manager department=Corporate", BOSS, policy=narrow).blocks)

    assert "will see the customers whose relationship manager they are, but not those of Corporate" in said
