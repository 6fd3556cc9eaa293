"""Trail sentences for judgements about default."""

from __future__ import annotations

from commands.kit.contract import EventWords
from commands.kit.i18n import _
from risk_engine.classification.events import JudgementProposed

EVENTS = (EventWords(JudgementProposed, _("proposed a judgement about default"), ("kind", "since", "until", "ends")),)
