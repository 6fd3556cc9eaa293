"""The policy's [roles]: what each role may do, and whose customers it sees."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated, Self

from pydantic import AfterValidator, Field, PrivateAttr, WithJsonSchema, field_serializer, model_validator

from risk_engine.people.roles import WIDEST, Reach, Right, Role, union
from risk_engine.policy_part import Part

# what a policy gives; the others come by themselves
GIVEN = tuple(right for right in Right if right is not Right.VOICE)


def _one_that_is_given(right: Right) -> Right:
    if right not in GIVEN:
        raise ValueError(f"the right {right} is not given by the policy")
    return right


Given = Annotated[Right, AfterValidator(_one_that_is_given), WithJsonSchema({"type": "string", "enum": [right.value for right in GIVEN]})]


class RoleRules(Part):
    """What one role may do, and whose customers it sees."""

    rights: frozenset[Given]
    reach: Reach = Reach.ALL

    @field_serializer("rights")
    def _in_one_order(self, rights: frozenset[Right]) -> list[str]:
        # a set has another order in every process, and the same policy would be another version
        return sorted(right.value for right in rights)


class Roles(Part):
    """Every role's rules, and who plays which without having been given one.

    Attributes:
        before: the roles of a full member until the first role is given to anybody: a team tries the product.
        others: the roles of a full member who has none, once roles are given.
        groups: Slack user groups whose members play a role; naming one counts as roles being given.
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
    # no number of the team's, and in no version of the policy: who is in a group, and who administers by the bot's setting
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
        """These rules with the people in the groups, and the administrators by setting, who need not be given that role."""
        known = self.model_copy()
        known._members = {group: frozenset(people) for group, people in members.items()}
        known._administrators = frozenset(administrators)
        return known

    def players_of(self, group: str) -> frozenset[str]:
        """Who is in a group; nobody where Slack does not say."""
        return self._members.get(group, frozenset()) - {group}

    def by_group(self, person: str) -> frozenset[Role]:
        """The roles that somebody plays because they are in a Slack user group."""
        return frozenset(role for group, role in self.groups.items() if person in self.players_of(group))

    def players(self, role: Role) -> frozenset[str]:
        """Who plays a role because of a group or by setting."""
        by_setting = self._administrators if role is Role.ADMINISTRATOR else frozenset()
        return by_setting.union(*(self.players_of(group) for group, played in self.groups.items() if played is role))

    @property
    def administrators(self) -> frozenset[str]:
        """Who administers by setting."""
        return self._administrators

    def rules(self, role: Role) -> RoleRules:
        """The rules of one role."""
        found: RoleRules = getattr(self, role.value)
        return found

    def rights(self, roles: Collection[Role]) -> frozenset[Right]:
        """What these roles allow together."""
        return union([self.rules(role).rights for role in roles], roles)

    def reach(self, roles: Collection[Role]) -> Reach:
        """The widest reach of those of these roles that may read; without one, one's own customers and no more."""
        reaches = {self.rules(role).reach for role in roles if Right.READ in self.rules(role).rights}
        return next((reach for reach in WIDEST if reach in reaches), Reach.OWN)
