"""Refusals of changes of roles and departments, in words."""

from __future__ import annotations

from commands.kit.contract import RefusalWords, Refused
from commands.kit.i18n import _
from risk_engine.people.membership import LastAdministrator, OnesOwnRoles


def _ones_own_roles(refusal: OnesOwnRoles) -> Refused:
    return Refused(_("You cannot change your own roles or departments: ask another administrator."), field="person")


def _last_administrator(refusal: LastAdministrator) -> Refused:
    return Refused(
        _("Nobody would be left to assign roles. Name administrators in RISKBOT_ADMINS, or make someone else an administrator first.")
    )


REFUSALS = (RefusalWords(OnesOwnRoles, _ones_own_roles), RefusalWords(LastAdministrator, _last_administrator))
