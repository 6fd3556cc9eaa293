"""Roles: people's rights, and the customers that they may see."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum


class Role(StrEnum):
    """A role in the bank; one person may hold several."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    RELATIONSHIP_MANAGER = "relationship_manager"
    RISK_MANAGER = "risk_manager"
    APPROVER = "approver"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    """The right that a command requires of its user.

    ``open`` needs no role: help, and one's own profile. ``write`` covers the register and the handling of breaches, ``propose``
    requests that somebody else decides, ``import`` files sent to the bot, ``decide`` approvals, ``configure`` the bot's messages to a
    channel, ``audit`` the trail and the second line's lists, ``administer`` people and their roles. ``voice`` comes with ``decide``
    and with the roles that guard the protected keys of the policy; no policy grants it.
    """

    OPEN = "open"
    READ = "read"
    WRITE = "write"
    PROPOSE = "propose"
    DECIDE = "decide"
    SHARE = "share"
    EXPORT = "export"
    IMPORT = "import"
    CONFIGURE = "configure"
    AUDIT = "audit"
    ADMINISTER = "administer"
    VOICE = "voice"


# a change of a protected key needs both
GUARDS = (Role.ADMINISTRATOR, Role.RISK_MANAGER)


class Reach(StrEnum):
    """The customers that a role sees: all, those of the person's departments, or those that the person looks after."""

    ALL = "all"
    DEPARTMENT = "department"
    OWN = "own"


WIDEST = (Reach.ALL, Reach.DEPARTMENT, Reach.OWN)


def union(rights: Collection[Collection[Right]], roles: Collection[Role]) -> frozenset[Right]:
    """Return the rights of several roles together; ``open`` is everybody's, and administrators never have ``decide``.

    Administrators could otherwise give themselves the right to decide.
    """
    together = frozenset({Right.OPEN}.union(*rights))
    if Role.ADMINISTRATOR in roles or Right.ADMINISTER in together:
        together -= {Right.DECIDE}
    return together | {Right.VOICE} if Right.DECIDE in together or set(roles) & set(GUARDS) else together
