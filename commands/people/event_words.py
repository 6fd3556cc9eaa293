"""Trail sentences for people's roles and refused access."""

from __future__ import annotations

from commands.kit.contract import EventWords
from commands.kit.i18n import _
from risk_engine.people.events import AccessRefused, RoleGiven, RoleTaken

EVENTS = (
    EventWords(RoleGiven, _("assigned roles"), ("person",)),
    EventWords(RoleTaken, _("removed roles"), ("person",)),
    EventWords(AccessRefused, _("was refused"), ("what", "lacking")),
)
