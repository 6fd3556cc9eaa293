"""Trail sentences for the register of risks."""

from __future__ import annotations

from commands.kit.contract import EventWords
from commands.kit.i18n import _
from risk_engine.register.events import ResponseProposed, RiskLogged, RiskUndone

EVENTS = (
    EventWords(RiskLogged, _("entered it into the register"), ("title", "level", "category", "kind", "owner", "source")),
    EventWords(RiskUndone, _("took the entry back"), ("title",)),
    EventWords(ResponseProposed, _("proposed a response"), ("strategy", "measure", "owner", "due")),
)
