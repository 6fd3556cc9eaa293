"""Help lists what one may do, and says that there is more."""

from __future__ import annotations

from commands.home.help import overview
from commands.kit.contract import Authority
from commands.kit.registry import registry
from risk_engine.people.roles import Reach, Right, Role
from risk_engine.policy.policy import Policy
from tests.commands.conftest import text_of


def authority(policy: Policy, *roles: Role) -> Authority:
    return Authority(frozenset(roles), policy.roles.rights(roles), Reach.ALL, given=True)


def test_a_viewer_sees_what_reads_and_that_more_takes_other_roles(policy: Policy):
    seen = text_of(overview(authority(policy, Role.VIEWER)))
    hidden = [
        command for command in registry().commands.values() if " " not in command.name and command.right not in {Right.OPEN, Right.READ}
    ]

    assert "/risk list" in seen
    assert [command.name for command in hidden if f"/risk {command.name}  " in seen] == []
    assert f"Your roles: viewer. {len(hidden)} commands need other roles." in seen


def test_whoever_has_no_role_is_shown_where_they_find_whom_to_ask(policy: Policy):
    seen = text_of(overview(authority(policy)))

    assert "/risk list" not in seen
    assert "Try" not in seen
    assert "Your roles: no role." in seen
    assert "/risk people" in seen


def test_whoever_may_do_everything_is_told_of_no_lock():
    seen = text_of(overview(Authority(frozenset(Role), frozenset(Right), Reach.ALL)))

    assert "🔒" not in seen
    assert "/risk audit" in seen
