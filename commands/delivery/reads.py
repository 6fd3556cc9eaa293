"""The read log: answers that name customers leave an entry in the trail."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from commands.delivery.recording import record
from commands.kit.contract import Reply, Request, Sheet
from risk_engine.audit.events import AnswerExported, DetailRead
from risk_engine.events import Event
from risk_engine.policy.policy import Policy
from storage.audit import reads
from storage.database import Tx

# ways of asking, by the first word of a request's key
_VIA = {"command": "command", "event": "message", "press": "button", "view": "form", "shortcut": "form", "home": "home"}


def noted(reply: Reply, named: Collection[str], command: str, request: Request, tx: Tx) -> list[Event]:
    """Return the events to hand over for writing before an answer is sent: its own, and the customers shown.

    Args:
        named: the customers named in it (``masking.noting``).
    """
    # a file has an entry of its own
    return [*reply.noted, *([] if reply.sheet else look({*named, *reply.shown}, command, request, tx))]


def look(named: Collection[str], command: str, request: Request, tx: Tx) -> list[DetailRead]:
    """Return the event that somebody is shown these customers; none without customers, or after a recent one."""
    if not named:
        return []
    shown = sorted(named)
    event = DetailRead(
        subject=shown[0] if len(shown) == 1 else command,
        actor=request.user,
        at=request.at,
        command=command,
        customers=shown[: request.policy.reads.named],
        count=len(shown),
        via=via(request.key),
    )
    return [event] if _is_news(event, request.policy, tx) else []


def via(key: str) -> str:
    """Return the way by which a request came."""
    return _VIA.get(key.partition(" ")[0], "request")


def _is_news(look: DetailRead, policy: Policy, tx: Tx) -> bool:
    return not reads.known(tx, look, since=look.at - timedelta(minutes=policy.reads.again_after_minutes))


def keep(events: Sequence[Event], policy: Policy, tx: Tx) -> None:
    """Write an answer's events, except looks written meanwhile."""
    for event in events:
        if not isinstance(event, DetailRead):
            record(tx, event, policy)
        elif _is_news(event, policy, tx):
            reads.disclosed(tx, record(tx, event, policy).id, event.customers)


def exported(sheet: Sheet, command: str, arguments: Mapping[str, object], request: Request) -> AnswerExported:
    """Return the event that somebody exported a whole answer."""
    # all of them: the daily limit counts them, and the trail covers them
    customers = sorted(set(sheet.customers))
    return AnswerExported(
        subject=command,
        actor=request.user,
        at=request.at,
        command=command,
        arguments=arguments,
        rows=len(sheet.rows),
        as_of=request.as_of or request.at,
        via=via(request.key),
        customers=customers,
        count=len(customers),
    )
