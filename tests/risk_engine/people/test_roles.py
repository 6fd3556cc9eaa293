"""What roles allow, together and apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from risk_engine.people.roles import Reach, Right, Role
from storage.policy import policies

RULES = policies.read(None).roles
roles = st.frozensets(st.sampled_from(list(Role)))


@given(roles)
def test_whoever_is_an_administrator_never_decides(held):
    assert Right.DECIDE not in RULES.rights(held | {Role.ADMINISTRATOR})


@given(roles, roles)
def test_one_role_more_takes_no_right_away_but_the_administrators(some, more):
    assert RULES.rights(some) - {Right.DECIDE} <= RULES.rights(some | more)


def test_without_a_role_one_may_ask_for_help_and_nothing_else():
    assert RULES.rights(()) == {Right.OPEN}
    assert RULES.reach(()) is Reach.OWN


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [
        (Role.VIEWER, {Right.READ}, {Right.WRITE, Right.PROPOSE, Right.DECIDE, Right.SHARE, Right.EXPORT, Right.AUDIT, Right.ADMINISTER}),
        (Role.ANALYST, {Right.READ, Right.WRITE, Right.PROPOSE, Right.EXPORT}, {Right.DECIDE, Right.AUDIT, Right.ADMINISTER}),
        (Role.APPROVER, {Right.READ, Right.DECIDE}, {Right.WRITE, Right.PROPOSE, Right.AUDIT, Right.ADMINISTER}),
        (Role.AUDITOR, {Right.READ, Right.AUDIT, Right.EXPORT}, {Right.WRITE, Right.PROPOSE, Right.DECIDE, Right.ADMINISTER}),
        (Role.ADMINISTRATOR, {Right.ADMINISTER, Right.CONFIGURE}, {Right.READ, Right.DECIDE, Right.AUDIT}),
    ],
)
def test_the_packaged_roles(role, may, may_not):
    assert may <= RULES.rights([role])
    assert not may_not & RULES.rights([role])


def test_the_widest_of_several_reaches_counts_among_those_that_read():
    narrow = RULES.model_copy(
        update={
            "analyst": RULES.analyst.model_copy(update={"reach": Reach.DEPARTMENT}),
            "relationship_manager": RULES.relationship_manager.model_copy(update={"reach": Reach.OWN}),
            "administrator": RULES.administrator.model_copy(update={"reach": Reach.ALL}),
        }
    )

    assert narrow.reach([Role.RELATIONSHIP_MANAGER]) is Reach.OWN
    assert narrow.reach([Role.RELATIONSHIP_MANAGER, Role.ANALYST]) is Reach.DEPARTMENT
    assert narrow.reach([Role.RELATIONSHIP_MANAGER, Role.ADMINISTRATOR]) is Reach.OWN
    assert narrow.reach([Role.ANALYST, Role.AUDITOR]) is Reach.ALL


def test_a_policy_that_lets_administrators_decide_is_refused():
    values = RULES.model_dump(mode="json") | {"administrator": {"rights": ["decide"], "reach": "own"}}

    with pytest.raises(ValidationError, match="administrators do not decide"):
        type(RULES).model_validate(values)


@pytest.mark.parametrize("group", ["risk-team", "U0ANA", "s0risk"])
def test_a_group_goes_by_its_id(group):
    values = RULES.model_dump(mode="json") | {"groups": {group: "viewer"}}

    with pytest.raises(ValidationError, match="groups"):
        type(RULES).model_validate(values)
