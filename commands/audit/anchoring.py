"""Anchors: length and end of the audit trail, posted to the audit channel, out of reach of a forger."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from commands.delivery import record
from commands.kit import blocks
from commands.kit.contract import Message, Notice, To
from commands.kit.i18n import _, ngettext
from commands.kit.schedule import instant
from risk_engine.audit.secrecy import Secrecy
from risk_engine.policy.policy import Policy
from storage.audit import rows, sealing
from storage.audit.anchoring import anchors
from storage.audit.anchoring.anchors import SUBJECT, Anchor, Anchored, TrailAnchored
from storage.audit.anchoring.guarding import TrailVerified, standing
from storage.audit.anchoring.known import Known
from storage.audit.chain import PLAIN, Keys
from storage.audit.sealing import KeyIsMissing
from storage.database import Tx
from storage.events import Recorded

EMPTY = _("Nothing is sealed yet, so there is nothing to anchor.")
# the trail's own entries: they alone need no new anchor
OF_ITSELF = (TrailAnchored, TrailVerified)
# the name under which a message carries its anchor, signed
MACHINE_READABLE = "anchor"


def take(tx: Tx, policy: Policy, keys: Keys, *, by: str, at: datetime, tell: bool = True) -> Anchored | None:
    """Record the end of the trail, signed, and notify the audit channel; return None for an empty trail.

    Raises:
        KeyIsMissing: the trail is sealed with a key, and none was given.
    """
    head = rows.head(tx)
    if not head.count:
        return None
    if keys.present.id == PLAIN != head.key_id:
        raise KeyIsMissing
    known = Known.signed(*standing(tx, keys.known), head, keys.present)
    record(tx, TrailAnchored(subject=SUBJECT, actor=by, at=at, signed=known, told=tell), policy)
    return Anchored(Anchor(head.count, head.hash, known.database), known.key, at)


def due(tx: Tx, policy: Policy, *, now: datetime, stopping: bool = False) -> bool | None:
    """Return whether the audit channel is to be notified of a due anchor; None if none is due.

    One is due after the policy's minutes, and at a stop, if events were recorded; and once a day in any case.
    """
    rules, interval = policy.audit, timedelta(minutes=policy.audit.channel_minutes)
    if not rows.head(tx).count:
        return None
    last = anchors.last(tx, told_since=now - interval, beside=OF_ITSELF)
    # an anchor of a clock that was ahead does not delay the next
    if last is None or last.at > now or last.at < _of_today(policy, now) <= now:
        return True
    if last.since and (stopping or now - last.at >= timedelta(minutes=rules.anchor_minutes)):
        return last.told is None
    return None


def take_if_due(tx: Tx, policy: Policy, keys: Keys, *, now: datetime, stopping: bool = False) -> Anchored | None:
    """Take a due anchor, one replica after the other; return None if none is due."""
    sealing.queue(tx)
    tell = due(tx, policy, now=now, stopping=stopping)
    return None if tell is None else take(tx, policy, keys, by="anchor", at=now, tell=tell)


def _of_today(policy: Policy, now: datetime) -> datetime:
    zone = policy.audit.zone
    return instant(now.astimezone(zone).date(), policy.audit.anchor_at, zone)


def _to_the_audit_channel(event: Recorded, policy: Policy, tx: Tx) -> Sequence[To]:
    told = event.facts is None or event.facts.get("told", True)
    return [To("route:audit", "an anchor is worth what the place is worth that keeps it")] if told else []


def render(told: Mapping[str, Any], policy: Policy, tx: Tx) -> Message:
    """Return count and hash, with the way to prove the trail against them."""
    anchor = f"{told['count']}:{told['hash']}"
    gist = ngettext("Audit anchor: {n} entry", "Audit anchor: {n} entries", told["count"]).format(n=f"{told['count']:,}")
    key = _("sealed without a key") if told["key"] == PLAIN else _("sealed with key {key}").format(key=told["key"])
    body = [
        blocks.paragraph("⚓ ", blocks.bold(gist), f" · {key}"),
        blocks.paragraph(blocks.code(anchor)),
        blocks.paragraph(_("Proves that nothing before it has been changed, cut off or rebuilt:")),
        blocks.preformatted(f"python -m bot audit verify --anchor {anchor}"),
    ]
    known = Known.read(told)
    # for a bot that starts on another machine: it reads the last anchor here
    return Message(blocks.escape(f"{gist} · {anchor}"), body, metadata={MACHINE_READABLE: json.dumps(known.facts())} if known else {})


NOTICES = [Notice(TrailAnchored.kind, (TrailAnchored,), _to_the_audit_channel, render, classification=Secrecy.INTERNAL)]
