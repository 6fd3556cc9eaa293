"""Record what happened, and decide at once, in the same transaction, who is told of it."""

from __future__ import annotations

from commands.kit.registry import registry
from risk_engine.events import Event
from risk_engine.policy.policy import Policy
from storage import events
from storage.database import Tx
from storage.delivery import deliveries
from storage.events import Recorded


def record(tx: Tx, event: Event, policy: Policy, *, request_key: str | None = None, tell: bool = True) -> Recorded:
    """Write the event and the notices that follow from it; what is history when it is entered (``tell`` is False) is told to nobody."""
    written = events.record(tx, event, request_key=request_key)
    if not tell:
        return written
    for notice in registry().notices.values():
        if event.kind in notice.on:
            for to in notice.route(written, policy, tx):
                deliveries.enqueue(
                    tx,
                    notice.name,
                    facts={
                        **event.facts,
                        "subject": event.subject,
                        "actor": event.actor,
                        "at": event.at.isoformat(),
                        "kind_of_event": event.kind,
                    },
                    audience=to.audience,
                    reason=to.reason,
                    operation=to.operation,
                    thread=event.subject,
                    event=written.id,
                    at=event.at,
                )
    return written
