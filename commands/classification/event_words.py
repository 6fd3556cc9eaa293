"""Trail sentences for judgements about default."""

from __future__ import annotations

from commands.kit.contract import EventWords
from commands.kit.i18n import _
from risk_engine.classification.events import JudgementProposed, JudgementSuggested

EVENTS = (
    EventWords(JudgementProposed, _("proposed a judgement about default"), ("kind", "since", "until", "ends")),
    EventWords(JudgementSuggested, _("asked for a judgement after a sharp external downgrade"), ("agency", "from", "letter", "since")),
)
