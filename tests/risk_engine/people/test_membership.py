"""Who may change whose roles, and what is on record of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.people.membership import LastAdministrator, Member, OnesOwnRoles, change, in_order
from risk_engine.people.roles import Right, Role, union

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ROLES = st.frozensets(st.sampled_from(Role))
GIVEN = {"departments": (), "other_administrators": ("U0BOSS",), "same_person": False, "by": "U0BOSS", "at": NOON}


@given(before=ROLES, after=ROLES)
def test_what_was_held_and_what_is_held_stand_in_the_event(before: frozenset[Role], after: frozenset[Role]):
    changed, event = change(Member("U0ANA", before), roles=after, **GIVEN, reason="why")

    assert changed.roles == after
    assert event.facts["before"]["roles"] == in_order(before)
    assert event.facts["after"]["roles"] == in_order(after)
    assert (event.kind == "role.taken") == (after < before)
    assert (event.subject, event.actor, event.facts["reason"]) == ("U0ANA", "U0BOSS", "why")


@given(after=ROLES)
def test_nobody_changes_their_own_roles(after: frozenset[Role]):
    with pytest.raises(OnesOwnRoles):
        change(Member("U0ANA"), roles=after, **GIVEN | {"same_person": True})


@given(before=ROLES, after=ROLES)
def test_somebody_always_administers(before: frozenset[Role], after: frozenset[Role]):
    if Role.ADMINISTRATOR in after:
        assert change(Member("U0ANA", before), roles=after, **GIVEN | {"other_administrators": ()})
        return

    with pytest.raises(LastAdministrator):
        change(Member("U0ANA", before), roles=after, **GIVEN | {"other_administrators": ()})


@given(rights=st.lists(st.frozensets(st.sampled_from(Right))), roles=ROLES)
def test_an_administrator_never_decides_whatever_else_they_are(rights: list[frozenset[Right]], roles: frozenset[Role]):
    assert Right.DECIDE not in union(rights, roles | {Role.ADMINISTRATOR})
