"""Who was shown which customers: an answer that names any leaves an entry in the trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from commands.kit.contract import Command, Reply, Request, Sheet
from commands.kit.record import record
from risk_engine.events import Event
from risk_engine.policy import Policy
from storage.audit import reads
from storage.database import Tx

# how somebody asked, by the first word of a request's key
_VIA = {"command": "command", "event": "message", "press": "button", "view": "form", "shortcut": "form"}


def noted(reply: Reply, command: Command, request: Request, tx: Tx) -> list[Event]:
    """What has to be written before the answer is given: what it says of itself, and whom it shows, if that is not on record."""
    look = _look(reply, command, request)
    return [*reply.noted, *([look] if look and _is_news(look, request.policy, tx) else [])]


def _look(reply: Reply, command: Command, request: Request) -> Event | None:
    shown = list(dict.fromkeys(reply.shown))
    if not shown:
        return None
    named = shown[: request.policy.reads.named]
    facts = {"command": command.name, "customers": named, "count": len(shown), "via": via(request.key)}
    return Event(reads.KIND, shown[0] if len(shown) == 1 else command.name, request.user, request.at, facts)


def via(key: str) -> str:
    """By which way a request came."""
    return _VIA.get(key.partition(" ")[0], "request")


def _is_news(look: Event, policy: Policy, tx: Tx) -> bool:
    return not reads.known(tx, look, since=look.at - timedelta(minutes=policy.reads.again_after_minutes))


def keep(events: list[Event], policy: Policy, tx: Tx) -> None:
    """Write what an answer leaves in the trail; a look that was written meanwhile is not repeated."""
    for event in events:
        if event.kind != reads.KIND:
            record(tx, event, policy)
        elif _is_news(event, policy, tx):
            reads.disclosed(tx, record(tx, event, policy).id, event.facts["customers"])


def exported(sheet: Sheet, command: str, arguments: Mapping[str, object], request: Request) -> Event:
    """That somebody took a whole answer with them."""
    as_of = (request.as_of or request.at).isoformat()
    facts = {"command": command, "arguments": dict(arguments), "rows": len(sheet.rows), "as_of": as_of, "via": via(request.key)}
    return Event("answer.exported", command, request.user, request.at, facts)
