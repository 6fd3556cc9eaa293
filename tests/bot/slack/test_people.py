"""Who plays a role because Slack says that they are in a group; whom Slack does not name plays none."""

from __future__ import annotations

from bot.clock import Clock
from bot.slack.people import People
from playground.hosting import Playground
from risk_engine.people.roles import Role
from risk_engine.policy.policy import Policy
from tests.bot.carrying import slack


def grouped(policy: Policy, **groups: Role) -> Policy:
    return policy.model_copy(update={"roles": policy.roles.model_copy(update={"groups": groups})})


def test_the_members_of_a_group_play_its_role(workspace: Playground, policy: Policy):
    rules = People(slack(workspace), Clock(), masked=lambda: False).with_groups(grouped(policy, S0APPROVERS=Role.APPROVER)).roles

    assert rules.by_group("U0OMAR") == {Role.APPROVER}
    assert rules.by_group("U0ANA") == frozenset()
    assert rules.players(Role.APPROVER) == {"U0OMAR", "U0EVA"}


def test_a_group_that_slack_does_not_name_is_nobody(workspace: Playground, policy: Policy):
    rules = People(slack(workspace), Clock(), masked=lambda: False).with_groups(grouped(policy, S0NONE=Role.APPROVER)).roles

    assert rules.players(Role.APPROVER) == frozenset()
    assert rules.by_group("S0NONE") == frozenset()


def test_administrators_by_setting_are_known_beside_the_policy_and_in_no_version_of_it(workspace: Playground, policy: Policy):
    known = People(slack(workspace), Clock(), ["U0EVA"], masked=lambda: False).with_groups(policy)

    assert known.roles.players(Role.ADMINISTRATOR) == {"U0EVA"}
    assert known.model_dump(mode="json") == policy.model_dump(mode="json")
    assert policy.roles.administrators == frozenset()


def test_a_guest_is_no_administrator_whatever_the_setting_says_and_is_named(workspace: Playground, policy: Policy):
    people = People(slack(workspace), Clock(), ["U0EVA", "U0GUS"], masked=lambda: False)
    people.look_at_administrators()

    assert people.with_groups(policy).roles.administrators == {"U0EVA"}
    assert [str(trouble) for trouble in people.troubles()] == [
        "RISKBOT_ADMINS names gus (U0GUS), whose account is not that of a full member and has no rights here: name somebody else."
    ]


def test_the_full_members_are_counted_without_guests_strangers_and_apps(workspace: Playground):
    people = People(slack(workspace), Clock(), masked=lambda: False)
    full = [one for one in workspace.core.workspace.members if people.why_outside(one) is None]

    assert people.members() == len(full) > 0


def test_a_name_is_asked_for_without_a_look_at_the_policy(workspace: Playground):
    looks: list[str] = []
    people = People(slack(workspace), Clock(), masked=lambda: bool(looks.append("look")))

    assert [people.name_of(id) for id in ("U0ANA", "U0OMAR", "Projects")] == ["ana", "omar", "Projects"]
    assert looks == []
