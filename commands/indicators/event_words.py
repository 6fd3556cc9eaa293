"""Trail sentences for breaches."""

from __future__ import annotations

from commands.kit.contract import EventWords
from commands.kit.i18n import _
from risk_engine.indicators.events import (
    BreachAcknowledged,
    BreachClosed,
    BreachEased,
    BreachEnded,
    BreachOpened,
    BreachUnacknowledged,
    BreachUpdated,
    BreachWorsened,
)

_READING = ("kri", "colour", "value", "threshold", "as_of", "source")

EVENTS = (
    EventWords(BreachOpened, _("opened a breach"), _READING),
    EventWords(BreachAcknowledged, _("acknowledged the breach"), ("plan", "owner", "due", *_READING)),
    EventWords(BreachUnacknowledged, _("took the acknowledgement back"), _READING),
    EventWords(BreachWorsened, _("recorded that it has worsened"), _READING),
    EventWords(BreachEased, _("recorded that it has eased"), _READING),
    EventWords(BreachUpdated, _("recorded a new reading"), _READING),
    EventWords(BreachClosed, _("closed the breach: back within bounds"), _READING),
    EventWords(BreachEnded, _("closed the breach without a return within bounds"), ("why", *_READING)),
)
