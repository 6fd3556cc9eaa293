"""Words for roles and rights."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from commands.kit import blocks
from commands.kit.i18n import Text, _, listed
from commands.kit.wording.words import label
from risk_engine.people.roles import Reach, Right, Role
from risk_engine.policy.policy import Policy

RIGHTS: dict[Right, Text] = {
    Right.READ: _("see customers"),
    Right.WRITE: _("edit the register"),
    Right.PROPOSE: _("propose for approval"),
    Right.DECIDE: _("decide approvals"),
    Right.SHARE: _("share answers"),
    Right.EXPORT: _("export"),
    Right.IMPORT: _("import files"),
    Right.CONFIGURE: _("set up digests"),
    Right.AUDIT: _("read the audit trail"),
    Right.ADMINISTER: _("assign roles"),
}

SEVERAL: dict[Role, Text] = {
    Role.VIEWER: _("viewers"),
    Role.ANALYST: _("analysts"),
    Role.RELATIONSHIP_MANAGER: _("relationship managers"),
    Role.RISK_MANAGER: _("risk managers"),
    Role.APPROVER: _("approvers"),
    Role.AUDITOR: _("auditors"),
    Role.ADMINISTRATOR: _("administrators"),
}

REACHES: dict[Reach, Text] = {
    Reach.ALL: _("all customers"),
    Reach.DEPARTMENT: _("customers of your departments, and your own"),
    Reach.OWN: _("customers whose relationship manager you are"),
}


def roles(held: Collection[Role]) -> str:
    """Return roles in one line, in the discipline's order; ``no role`` if there is none."""
    return listed(label(role) for role in Role if role in held) or str(_("no role"))


def rights(held: Collection[Right]) -> str:
    """Return rights in one line."""
    return listed(str(text) for right, text in RIGHTS.items() if right in held) or str(_("only ask for help"))


def each(policy: Policy) -> list[list[Any]]:
    """Return every role with its rights, as lines."""
    return [[blocks.bold(label(role)), "  ", rights(policy.roles.rules(role).rights)] for role in Role]
