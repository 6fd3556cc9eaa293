"""Acceptance of a discontinuity of the audit trail, on record and with the key; before it, an alarm to the audit channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from commands.audit import anchoring
from commands.audit.verification import trail_doubts
from commands.audit.verification.auditing import AuditRefused
from commands.delivery import record
from commands.kit import blocks
from commands.kit.contract import Message, Notice, To
from commands.kit.i18n import Text, _, ngettext
from risk_engine.audit.secrecy import Secrecy
from risk_engine.policy.policy import Policy
from storage.audit import rows, sealing
from storage.audit.anchoring import guarding
from storage.audit.anchoring.anchors import SUBJECT, Anchored
from storage.audit.anchoring.guarding import Behind, Doubt, TrailAlarm, TrailResealed, TrailRestored
from storage.audit.anchoring.known import Known
from storage.audit.chain import PLAIN, Keys
from storage.database import Tx
from storage.events import Recorded

NO_KEY = _("RISKBOT_AUDIT_KEY is not set: only someone who holds the key can accept a break in the trail.")
NOTHING_WRONG = _("The trail continues unbroken: there is nothing to accept.")
_REASON = (10, 300)


@dataclass(frozen=True, slots=True)
class Accepted:
    """An accepted discontinuity: the known end, the end found, the number of entries sealed, and the anchor."""

    known: Known | None
    found: str
    sealed: int
    anchor: Anchored

    def lines(self) -> list[str]:
        """Return the result."""
        known = _("Before: {anchor}").format(anchor=f"{self.known.count}:{self.known.hash}") if self.known else None
        sealed = ngettext("{n} entry was resealed.", "{n} entries were resealed.", self.sealed).format(n=f"{self.sealed:,}")
        found, now = _("Found: {anchor}").format(anchor=self.found), _("Now: {anchor}").format(anchor=self.anchor.line())
        return [str(line) for line in (known, found, sealed, now) if line is not None]


def reseal(tx: Tx, policy: Policy, keys: Keys, behind: Behind | None, *, reason: str, by: str, at: datetime) -> Accepted:
    """Seal the present events, as somebody with the key accepts them.

    Raises:
        AuditRefused: there is no key, nothing is wrong, or the reason is too short or too long.
    """
    if keys.present.id == PLAIN:
        raise AuditRefused(NO_KEY)
    if behind is None:
        raise AuditRefused(NOTHING_WRONG)
    if behind.doubt is Doubt.KEY:
        raise AuditRefused(trail_doubts.told(behind))
    least, most = _REASON
    if not least <= len(reason.strip()) <= most:
        raise AuditRefused(
            _("--reason {reason} is too short or too long; expected {least} to {most} letters.").format(
                reason=f"“{reason}”", least=least, most=most
            )
        )
    return accept(tx, policy, keys, TrailResealed, {"reason": reason.strip(), "what": behind.doubt.value}, behind.known, by=by, at=at)


def accept(
    tx: Tx,
    policy: Policy,
    keys: Keys,
    kind: type[TrailResealed] | type[TrailRestored],
    facts: Mapping[str, Any],
    known: Known | None,
    *,
    by: str,
    at: datetime,
    epoch: int = 0,
) -> Accepted:
    """Record, signed, that the trail continues from its present end; seal and anchor it. Earlier known ends no longer count.

    Args:
        epoch: the epoch of a trail elsewhere, which no longer counts either.
    """
    sealing.queue(tx)
    head, (whose, accepted) = rows.head(tx), guarding.standing(tx, keys.known)
    beyond = max(accepted, epoch, known.epoch if known else 0) + 1
    # on a new machine earlier acceptances are unknown: the present time is later than any of them
    signed = Known.signed(whose, max(beyond, int(at.timestamp())), head, keys.present)
    before = f"{known.count}:{known.hash}" if known else None
    unsealed = rows.count_unsealed(tx)
    record(tx, kind(subject=SUBJECT, actor=by, at=at, known=before, sealed=unsealed, signed=signed, **facts), policy)
    sealing.seal_rest(tx, keys.present)
    anchor = anchoring.take(tx, policy, keys, by=by, at=at)
    assert anchor is not None, "what was sealed a moment ago can be anchored"
    sealing.seal_rest(tx, keys.present)
    return Accepted(known, f"{head.count}:{head.hash}", unsealed, anchor)


def alarm(tx: Tx, policy: Policy, behind: Behind, *, at: datetime) -> None:
    """Record that the trail does not continue from its known end, and notify the audit channel."""
    known = behind.known
    happened = TrailAlarm(
        subject=SUBJECT,
        actor="sealer",
        at=at,
        what=behind.doubt.value,
        known=f"{known.count}:{known.hash}" if known else None,
        count=behind.count,
        key=behind.key,
        known_facts=known.facts() if known else None,
    )
    record(tx, happened, policy)


def _to_the_audit_channel(event: Recorded, policy: Policy, tx: Tx) -> Sequence[To]:
    return [To("route:audit", "whoever watches over the trail must know that it was changed")]


def render_alarm(told: Mapping[str, Any], policy: Policy, tx: Tx) -> Message:
    """Return the problem with the trail, and the remedy."""
    behind = Behind(Doubt(told["what"]), Known.read(told["known_facts"]), told["count"], told["key"])
    gist = trail_doubts.told(behind)
    return Message(blocks.escape(f"🚨 {gist}"), [blocks.paragraph("🚨 ", blocks.bold(gist))])


def render_accepted(told: Mapping[str, Any], policy: Policy, tx: Tx) -> Message:
    """Return the person who accepted a discontinuity, and the reason."""
    gist: Text = _("{by} accepted a break in the audit trail: {reason}").format(by=told["actor"], reason=f"“{told['reason']}”")
    ends = (
        _("Before: {anchor}").format(anchor=told["known"] or "–"),
        _("Found: {anchor}").format(anchor=f"{told['count']}:{told['hash']}"),
    )
    return Message(blocks.escape(f"⚠️ {gist}"), [blocks.paragraph("⚠️ ", blocks.bold(gist)), *(blocks.paragraph(line) for line in ends)])


NOTICES = [
    Notice(TrailAlarm.kind, (TrailAlarm,), _to_the_audit_channel, render_alarm, classification=Secrecy.INTERNAL),
    Notice(TrailResealed.kind, (TrailResealed,), _to_the_audit_channel, render_accepted, classification=Secrecy.INTERNAL),
]
