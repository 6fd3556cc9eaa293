"""What a person may do at this moment: by roles given, by groups, by setting; and what they are told when they may not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from commands.kit.access.authority import administrators, authority_of, refusal, sight_of, whom_to_ask
from commands.kit.contract import Request
from risk_engine.people.roles import Reach, Right, Role
from risk_engine.policy.policy import Policy
from storage.database import Database, Tx
from storage.people import people
from storage.sight import EVERYTHING
from tests.conftest import MONDAY


def holds(tx: Tx, person: str, *roles: Role, departments: tuple[str, ...] = ()) -> None:
    held = {"roles": frozenset(roles), "departments": frozenset(departments), "given_by": "U0BOSS", "given_at": MONDAY}
    people.save(tx, replace(people.get(tx, person), **held))


def with_roles(policy: Policy, *, members: dict[str, list[str]] | None = None, admins: tuple[str, ...] = (), **changed: object) -> Policy:
    rules = policy.roles.model_copy(update=changed).known_as(members=members or {}, administrators=admins)
    return policy.model_copy(update={"roles": rules})


@pytest.fixture
def said(asks: Callable[..., Request]) -> Callable[..., str]:
    """What somebody is told who lacks a right."""

    def tell(tx: Tx, person: str, right: Right, policy: Policy) -> str:
        return str(refusal(tx, right, asks(person, policy=policy, authority=authority_of(tx, person, policy))))

    return tell


def test_until_a_role_is_given_everybody_plays_before(database: Database, policy: Policy):
    with database.begin(EVERYTHING) as tx:
        found = authority_of(tx, "U0ANA", policy)

    assert (found.given, found.roles) == (False, frozenset(policy.roles.before))
    assert found.rights == policy.roles.rights(policy.roles.before)


def test_from_the_first_role_on_whoever_has_none_plays_others(database: Database, policy: Policy):
    watching = with_roles(policy, others=(Role.VIEWER,))
    with database.begin(EVERYTHING, write=True) as tx:
        holds(tx, "U0ANA", Role.ANALYST)

        assert authority_of(tx, "U0OMAR", policy).rights == {Right.OPEN}
        assert authority_of(tx, "U0OMAR", watching).roles == {Role.VIEWER}
        assert authority_of(tx, "U0ANA", policy).roles == {Role.ANALYST}


def test_departments_alone_are_no_role(database: Database, policy: Policy):
    with database.begin(EVERYTHING, write=True) as tx:
        holds(tx, "U0ANA", departments=("Corporate",))
        found = authority_of(tx, "U0ANA", policy)

    assert (found.given, found.departments) == (False, {"Corporate"})


def test_a_group_in_the_policy_counts_as_roles_being_given_also_one_that_slack_does_not_name(database: Database, policy: Policy):
    named = with_roles(policy, groups={"S0CREDIT": Role.APPROVER}, members={"S0CREDIT": ["U0EVA"]})
    unnamed = with_roles(policy, groups={"S0CREDIT": Role.APPROVER}, members={"S0CREDIT": ["S0CREDIT"]})
    with database.begin(EVERYTHING) as tx:
        assert authority_of(tx, "U0EVA", named).roles == {Role.APPROVER}
        assert authority_of(tx, "U0ANA", named).rights == {Right.OPEN}
        assert authority_of(tx, "U0EVA", unnamed).rights == {Right.OPEN}


def test_what_was_given_and_what_a_group_gives_add_up(database: Database, policy: Policy):
    grouped = with_roles(policy, groups={"S0CREDIT": Role.APPROVER}, members={"S0CREDIT": ["U0EVA"]})
    with database.begin(EVERYTHING, write=True) as tx:
        holds(tx, "U0EVA", Role.AUDITOR)

        assert authority_of(tx, "U0EVA", grouped).roles == {Role.APPROVER, Role.AUDITOR}


def test_an_administrator_by_setting_administers_and_never_decides(database: Database, policy: Policy, said: Callable[..., str]):
    house = with_roles(policy, admins=("U0BOSS",))
    with database.begin(EVERYTHING, write=True) as tx:
        before = authority_of(tx, "U0BOSS", house)
        holds(tx, "U0BOSS", Role.APPROVER)
        after = authority_of(tx, "U0BOSS", house)
        told = said(tx, "U0BOSS", Right.DECIDE, house)

    assert before.roles == {*policy.roles.before, Role.ADMINISTRATOR}
    assert after.roles == {Role.APPROVER, Role.ADMINISTRATOR}
    assert Right.ADMINISTER in before.rights & after.rights
    assert Right.DECIDE not in before.rights | after.rights
    assert "Administrators assign roles and cannot decide approvals" in told


def test_the_policys_list_of_approvers_holds_until_roles_are_given(database: Database, policy: Policy, said: Callable[..., str]):
    listed = policy.model_copy(update={"people": policy.people.model_copy(update={"approvers": ("U0EVA",)})})
    with database.begin(EVERYTHING, write=True) as tx:
        assert Right.DECIDE in authority_of(tx, "U0EVA", listed).rights
        assert Right.DECIDE not in authority_of(tx, "U0ANA", listed).rights
        assert "names the people who decide approvals" in said(tx, "U0ANA", Right.DECIDE, listed)

        holds(tx, "U0ANA", Role.APPROVER)
        assert Right.DECIDE in authority_of(tx, "U0ANA", listed).rights


def test_a_refusal_says_what_is_missing_who_has_it_and_whom_to_ask(database: Database, policy: Policy, said: Callable[..., str]):
    with database.begin(EVERYTHING, write=True) as tx:
        holds(tx, "U0ANA", Role.VIEWER)
        nobody = said(tx, "U0ANA", Right.AUDIT, policy)
        few = said(tx, "U0ANA", Right.AUDIT, with_roles(policy, admins=("U0BOSS", "U0CHEF")))
        many = said(tx, "U0ANA", Right.AUDIT, with_roles(policy, admins=("U1", "U2", "U3", "U4")))
        by_nobody = said(tx, "U0ANA", Right.AUDIT, with_roles(policy, auditor=policy.roles.viewer))

    assert nobody.startswith("You need the role auditor to read the audit trail; your role: viewer.")
    assert nobody.endswith("Please ask the operator to name the first administrator in RISKBOT_ADMINS.")
    assert few.endswith("Please ask <@U0BOSS>, <@U0CHEF>.")
    assert many.endswith("Please ask an administrator.")
    assert "none so far" in by_nobody


def test_administrators_are_those_by_setting_by_group_and_by_role(database: Database, policy: Policy):
    house = with_roles(policy, admins=("U0BOSS",), groups={"S0IT": Role.ADMINISTRATOR}, members={"S0IT": ["U0ITA"]})
    with database.begin(EVERYTHING, write=True) as tx:
        holds(tx, "U0CHEF", Role.ADMINISTRATOR)

        assert administrators(tx, house) == ["U0BOSS", "U0CHEF", "U0ITA"]


def test_sight_follows_the_widest_role_that_reads(database: Database, policy: Policy):
    own = policy.roles.relationship_manager.model_copy(update={"reach": Reach.OWN})
    department = policy.roles.analyst.model_copy(update={"reach": Reach.DEPARTMENT})
    narrow = with_roles(policy, relationship_manager=own, analyst=department)
    with database.begin(EVERYTHING, write=True) as tx:
        holds(tx, "U0ANA", Role.RELATIONSHIP_MANAGER)
        first = authority_of(tx, "U0ANA", narrow)
        holds(tx, "U0ANA", Role.RELATIONSHIP_MANAGER, Role.ANALYST, departments=("Corporate",))
        second = authority_of(tx, "U0ANA", narrow)

    assert first.reach is Reach.OWN
    assert second.reach is Reach.DEPARTMENT
    assert sight_of("U0ANA", second, policy).departments == {"Corporate"}


def test_a_name_in_slack_opens_nobodys_book_but_the_policys_names_do(database: Database, policy: Policy):
    known = policy.people.model_copy(update={"known_as": {"U0ANA": ("Ana Silva",)}})
    with database.begin(EVERYTHING) as tx:
        found = authority_of(tx, "U0ANA", policy)

    assert sight_of("U0ANA", found, policy).names == {"U0ANA"}
    assert sight_of("U0ANA", found, policy.model_copy(update={"people": known})).names == {"U0ANA", "Ana Silva"}


def test_a_sole_administrator_is_not_sent_to_themselves(database: Database, policy: Policy):
    with database.begin(EVERYTHING, write=True) as tx:
        holds(tx, "U0EVA", Role.ADMINISTRATOR)
        alone = str(whom_to_ask(tx, policy, "U0EVA"))
        holds(tx, "U0OMAR", Role.ADMINISTRATOR)
        of_two = str(whom_to_ask(tx, policy, "U0EVA"))

    assert alone == "the operator to name a second administrator in RISKBOT_ADMINS"
    assert of_two == "<@U0OMAR>"
