"""Roles: what a person may do, and whose customers they may see."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum


class Role(StrEnum):
    """A part that a person plays in the house; one person may play several."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    RELATIONSHIP_MANAGER = "relationship_manager"
    RISK_MANAGER = "risk_manager"
    APPROVER = "approver"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    """What a command asks of whoever gives it.

    ``open`` asks for nothing: help, and who one is oneself. ``write`` is the register and what is done about breaches, ``propose`` what
    somebody else must decide, ``decide`` an approval, ``configure`` what the bot tells a channel, ``audit`` the trail and the second
    line's lists, ``administer`` people and their roles. ``voice`` comes with ``decide`` and with the roles that guard the protected keys
    of the policy; no policy gives it.
    """

    OPEN = "open"
    READ = "read"
    WRITE = "write"
    PROPOSE = "propose"
    DECIDE = "decide"
    SHARE = "share"
    EXPORT = "export"
    CONFIGURE = "configure"
    AUDIT = "audit"
    ADMINISTER = "administer"
    VOICE = "voice"


# without both of them no protected key of the policy changes
GUARDS = (Role.ADMINISTRATOR, Role.RISK_MANAGER)


class Reach(StrEnum):
    """Whose customers a role sees: everybody's, those of the person's departments, or those that the person looks after."""

    ALL = "all"
    DEPARTMENT = "department"
    OWN = "own"


WIDEST = (Reach.ALL, Reach.DEPARTMENT, Reach.OWN)


def union(rights: Collection[Collection[Right]], roles: Collection[Role]) -> frozenset[Right]:
    """What several roles allow together; ``open`` is everybody's, and nobody who gives roles decides, whatever else they are.

    Whoever gives roles away could otherwise give themselves the right to decide.
    """
    together = frozenset({Right.OPEN}.union(*rights))
    if Role.ADMINISTRATOR in roles or Right.ADMINISTER in together:
        together -= {Right.DECIDE}
    return together | {Right.VOICE} if Right.DECIDE in together or set(roles) & set(GUARDS) else together
