"""Trail sentences for the outbox."""

from __future__ import annotations

from commands.kit.contract import EventWords
from commands.kit.i18n import _
from storage.delivery.outbox_events import OutboxRequeued, OutboxTroubled

EVENTS = (
    EventWords(OutboxTroubled, _("failed to deliver messages"), ("count",)),
    EventWords(OutboxRequeued, _("resent messages"), ("count", "cause", "numbers")),
)
