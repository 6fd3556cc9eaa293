"""The policy's [roles]: the rights and the reach of each role."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated, Self

from pydantic import AfterValidator, Field, PrivateAttr, WithJsonSchema, field_serializer, model_validator

from risk_engine.people.roles import WIDEST, Reach, Right, Role, union
from risk_engine.policy_part import Part

# the rights that a policy can grant; the others are implicit
GIVEN = tuple(right for right in Right if right is not Right.VOICE)


def _one_that_is_given(right: Right) -> Right:
    if right not in GIVEN:
        raise ValueError(f"the right {right} is not given by the policy")
    return right


Given = Annotated[Right, AfterValidator(_one_that_is_given), WithJsonSchema({"type": "string", "enum": [right.value for right in GIVEN]})]


class RoleRules(Part):
    """The rights and the reach of one role."""

    rights: frozenset[Given]
    reach: Reach = Reach.ALL

    @field_serializer("rights")
    def _in_one_order(self, rights: frozenset[Right]) -> list[str]:
        # a set is ordered differently in every process, which would make one policy look like several versions
        return sorted(right.value for right in rights)


class Roles(Part):
    """The rules of every role, and the roles that people hold without an assignment.

    Attributes:
        before: the roles of a full member until the first role is assigned, while a team tries the product.
        others: the roles of a full member without any, once roles are assigned.
        groups: Slack user groups whose members hold a role; naming one counts as assigning roles.
    """

    viewer: RoleRules
    analyst: RoleRules
    relationship_manager: RoleRules
    risk_manager: RoleRules
    approver: RoleRules
    auditor: RoleRules
    administrator: RoleRules
    before: tuple[Role, ...]
    others: tuple[Role, ...]
    groups: dict[Annotated[str, Field(pattern=r"^S[A-Z0-9]+$")], Role] = Field(default={})
    # not part of any version of the policy: members of groups, and administrators from the bot's settings
    _members: Mapping[str, frozenset[str]] = PrivateAttr(default_factory=dict)
    _administrators: frozenset[str] = PrivateAttr(default=frozenset())

    @model_validator(mode="after")
    def _administrators_do_not_decide(self) -> Self:
        if Right.DECIDE in self.administrator.rights:
            raise ValueError("administrators do not decide approvals: take “decide” out of the rights of the administrator")
        for role in Role:
            if {Right.DECIDE, Right.ADMINISTER} <= self.rules(role).rights:
                raise ValueError(f"{role.value}: who gives roles does not decide approvals: take “decide” or “administer” out")
        return self

    def known_as(self, *, members: Mapping[str, Collection[str]], administrators: Collection[str]) -> Self:
        """Return these rules with the groups' members and with the administrators from the bot's settings."""
        known = self.model_copy()
        known._members = {group: frozenset(people) for group, people in members.items()}
        known._administrators = frozenset(administrators)
        return known

    def players_of(self, group: str) -> frozenset[str]:
        """Return the members of a group; none if Slack does not list them."""
        return self._members.get(group, frozenset()) - {group}

    def by_group(self, person: str) -> frozenset[Role]:
        """Return the roles that somebody holds through Slack user groups."""
        return frozenset(role for group, role in self.groups.items() if person in self.players_of(group))

    def players(self, role: Role) -> frozenset[str]:
        """Return the people who hold a role through a group or the bot's settings."""
        by_setting = self._administrators if role is Role.ADMINISTRATOR else frozenset()
        return by_setting.union(*(self.players_of(group) for group, played in self.groups.items() if played is role))

    @property
    def administrators(self) -> frozenset[str]:
        """Return the administrators from the bot's settings."""
        return self._administrators

    def rules(self, role: Role) -> RoleRules:
        """Return the rules of one role."""
        found: RoleRules = getattr(self, role.value)
        return found

    def rights(self, roles: Collection[Role]) -> frozenset[Right]:
        """Return the rights of these roles together."""
        return union([self.rules(role).rights for role in roles], roles)

    def reach(self, roles: Collection[Role]) -> Reach:
        """Return the widest reach of the roles that may read; without one, only one's own customers."""
        reaches = {self.rules(role).reach for role in roles if Right.READ in self.rules(role).rights}
        return next((reach for reach in WIDEST if reach in reaches), Reach.OWN)
