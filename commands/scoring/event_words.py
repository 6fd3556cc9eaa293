"""Trail sentences for scores, grades and overrides."""

from __future__ import annotations

from commands.kit.contract import EventWords
from commands.kit.i18n import _
from risk_engine.scoring.events import OverrideEnded, OverrideProposed, ScoreChanged, ScoresChanged, ScoresUpdated

EVENTS = (
    EventWords(OverrideProposed, _("proposed a grade override"), ("until",)),
    EventWords(OverrideEnded, _("ended the override"), ("until",)),
    EventWords(ScoreChanged, _("regraded"), ("why",)),
    EventWords(ScoresChanged, _("regraded many customers"), ("worse", "better")),
    EventWords(ScoresUpdated, _("scored the book"), ("scored", "new", "changed", "grades", "as_of")),
)
