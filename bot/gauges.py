"""Gauges, read from the database on request; absent states are 0, not their earlier values."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.metrics import DELIVERIES, INBOX, OLDEST, UNDELIVERED
from commands.delivery.slack_answers import is_code
from commands.home.status import PATIENCE
from storage.database import Tx
from storage.delivery import deliveries, inbox, outbox
from storage.delivery.deliveries import DeliveryState


def read(tx: Tx, *, now: datetime) -> None:
    """Set every gauge to its present value."""
    there, kept = deliveries.counts(tx), inbox.counts(tx)
    for state in DeliveryState:
        DELIVERIES.labels(state.value).set(there.get(state.value, 0))
    for name in inbox.STATES:
        INBOX.labels(name).set(kept.get(name, 0))
    since = outbox.oldest_due(tx, now=now)
    OLDEST.set(max((now - since) / timedelta(seconds=1), 0.0) if since else 0.0)
    UNDELIVERED.clear()
    for cause in outbox.causes(tx, before=now - PATIENCE):
        # sentences are not suitable as labels
        UNDELIVERED.labels(_state(cause), cause.error if is_code(cause.error) else "other").inc(cause.count)


def _state(cause: outbox.Cause) -> str:
    return "dead" if cause.dead else "held" if cause.held else "waiting"
