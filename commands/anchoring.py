"""The daily anchor: how long the audit trail is and how it ends, told to the audit channel, where whoever rebuilds it does not reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from commands.kit import blocks
from commands.kit.contract import Job, Message, Notice, To
from commands.kit.i18n import _, ngettext
from commands.kit.record import record
from commands.kit.schedule import Daily
from risk_engine.events import Event
from risk_engine.policy import Policy
from risk_engine.secrecy import Secrecy
from storage.audit import rows
from storage.audit.anchors import ANCHORED, SUBJECT, Anchor, Anchored, facts
from storage.audit.chain import PLAIN
from storage.database import Tx
from storage.events import Recorded

EMPTY = _("Nothing is sealed yet, so there is nothing to anchor.")


def take(tx: Tx, policy: Policy, *, by: str, at: datetime) -> Anchored | None:
    """Put on record how the trail ends now, and tell the audit channel; None of an empty trail."""
    head = rows.head(tx)
    if not head.count:
        return None
    record(tx, Event(ANCHORED, SUBJECT, by, at, facts(head)), policy)
    return Anchored(Anchor(head.count, head.hash), head.key_id, at)


def slots(policy: Policy, tx: Tx) -> Mapping[str, Daily]:
    """Once a day, at the policy's local time."""
    return {"anchor": Daily(policy.audit.anchor_at, policy.audit.zone)}


def run(name: str, day: date, now: datetime, policy: Policy, tx: Tx) -> None:
    take(tx, policy, by="anchor", at=now)


def _to_the_audit_channel(event: Recorded, policy: Policy, tx: Tx) -> Sequence[To]:
    return [To("route:audit", "an anchor is worth what the place is worth that keeps it")]


def render(told: Mapping[str, Any], policy: Policy, tx: Tx) -> Message:
    """Count and hash, and how to prove the trail against them."""
    anchor = f"{told['count']}:{told['hash']}"
    gist = ngettext("Audit anchor: {n} entry", "Audit anchor: {n} entries", told["count"]).format(n=f"{told['count']:,}")
    key = _("sealed without a key") if told["key"] == PLAIN else _("sealed with key {key}").format(key=told["key"])
    body = [
        blocks.paragraph("⚓ ", blocks.bold(gist), f" · {key}"),
        blocks.paragraph(blocks.code(anchor)),
        blocks.paragraph(_("Proves that nothing before it was changed, cut off or rebuilt:")),
        blocks.preformatted(f"python -m bot audit verify --anchor {anchor}"),
    ]
    return Message(blocks.escape(f"{gist} · {anchor}"), body)


JOBS = [Job("anchor", slots, run)]
NOTICES = [Notice("audit.anchored", (ANCHORED,), _to_the_audit_channel, render, Secrecy.INTERNAL)]
