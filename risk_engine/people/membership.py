"""Membership: people's roles and departments, and who may change them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from risk_engine.people.events import Held, RoleGiven, RolesChanged, RoleTaken
from risk_engine.people.roles import Role
from risk_engine.refusals import Refusal


class OnesOwnRoles(Refusal):
    """A person cannot change their own roles."""

    member: str


class LastAdministrator(Refusal):
    """The last administrator cannot be removed."""

    member: str


@dataclass(frozen=True, slots=True)
class Member:
    """A person with assigned roles and departments; version 0 is a person who never had any."""

    id: str
    roles: frozenset[Role] = frozenset()
    departments: frozenset[str] = frozenset()
    given_by: str | None = None
    given_at: datetime | None = None
    version: int = 0


def change(
    member: Member,
    *,
    roles: Collection[Role],
    departments: Collection[str],
    other_administrators: Collection[str],
    same_person: bool,
    by: str,
    at: datetime,
    reason: str | None = None,
) -> tuple[Member, RolesChanged]:
    """Replace somebody's roles and departments.

    Args:
        other_administrators: the administrators other than this member.
        same_person: whether ``by`` is the member, under any account.

    Raises:
        OnesOwnRoles: somebody changes their own roles.
        LastAdministrator: no administrator would be left.
    """
    if same_person:
        raise OnesOwnRoles(member=member.id)
    if not other_administrators and Role.ADMINISTRATOR not in roles:
        raise LastAdministrator(member=member.id)
    changed = replace(member, roles=frozenset(roles), departments=frozenset(departments), given_by=by, given_at=at)
    taken = bool(member.roles - changed.roles) and not changed.roles - member.roles
    kind = RoleTaken if taken else RoleGiven
    return changed, kind(subject=member.id, actor=by, at=at, person=member.id, before=_held(member), after=_held(changed), reason=reason)


def _held(member: Member) -> Held:
    return {"roles": in_order(member.roles), "departments": sorted(member.departments)}


def in_order(roles: Iterable[Role]) -> list[str]:
    """Return roles in the order in which the discipline lists them."""
    held = set(roles)
    return [role.value for role in Role if role in held]
