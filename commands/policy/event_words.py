"""Trail sentences for the policy."""

from __future__ import annotations

from commands.kit.contract import EventWords
from commands.kit.i18n import _
from risk_engine.policy.events import PolicyChanged, PolicyProposed, PolicySetAside

EVENTS = (
    EventWords(PolicyProposed, _("proposed a change of the policy"), ("key", "effects")),
    EventWords(PolicySetAside, _("set aside an approved policy change that is no longer allowed"), ("key",)),
    EventWords(PolicyChanged, _("put a new policy in force"), ("key", "keys", "origin", "proposed_by", "effects")),
)
