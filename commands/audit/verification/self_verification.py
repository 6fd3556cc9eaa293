"""Results of the bot's own verification: on record, in the audit channel, and in /risk status."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from commands.audit.verification import auditing, register_words, verification_report
from commands.delivery import record
from commands.kit import blocks
from commands.kit.contract import Message, Notice, To
from commands.kit.i18n import Text, _, ngettext, sentences
from commands.kit.wording import words
from risk_engine.audit.secrecy import Secrecy
from risk_engine.policy.policy import Policy
from storage.audit.anchoring.anchors import SUBJECT, Anchor
from storage.audit.anchoring.guarding import TrailVerified
from storage.audit.chain import Keys
from storage.audit.findings import Broken, Fault
from storage.audit.reconciliation import reconciling
from storage.audit.reconciliation.differences import Reconciled
from storage.database import Tx
from storage.events import Recorded

_KEY_IS_MISSING = _("The audit trail could not be checked to its end: a key is missing.")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a verification.

    Attributes:
        since: the entry after which the verification began; 0 is the whole trail.
        unchecked: whether some links have an unknown key.
        register: the number of rows that differ from the trail.
        uncovered: the number of rows from before entries stated them.
    """

    at: datetime
    count: int
    hash: str
    since: int
    broken: Broken | None
    unchecked: bool
    register: int = 0
    uncovered: int = 0

    @property
    def whole(self) -> bool:
        """Return True if every link was checked and is valid."""
        return self.broken is None and not self.unchecked

    @property
    def holds(self) -> bool:
        """Return True if the trail is valid, and the register matches it."""
        return self.whole and not self.register

    def event(self) -> TrailVerified:
        """Return the event of this outcome."""
        broken = asdict(self.broken) if self.broken else None
        return TrailVerified(
            subject=SUBJECT,
            actor="verification",
            at=self.at,
            outcome="broken" if broken else "unchecked" if self.unchecked else "register" if self.register else "whole",
            count=self.count,
            hash=self.hash,
            since=self.since,
            broken=broken,
            register=self.register,
        )


def look(tx: Tx, keys: Keys, after: Anchor | None, *, at: datetime, breathe: Callable[[int], object]) -> Outcome:
    """Verify the trail, or the part after a trusted entry; then reconcile the register with it."""
    found = auditing.check(tx, keys, after, breathe=breathe)
    # restarted, because the trusted link was gone
    since = after.count if after is not None and (not found.keys or min(each.first for each in found.keys.values()) > after.count) else 0
    register = reconciling.reconcile(tx, breathe)
    return Outcome(at, found.count, found.head, since, found.broken, bool(found.unknown), register.count, register.tally.before)


def told(outcome: Outcome) -> Text:
    """Return the outcome in a sentence."""
    if outcome.broken is not None:
        return _("The audit trail is broken at {place}: {fault}").format(
            place=f"seq {outcome.broken.seq}", fault=verification_report.told(outcome.broken)
        )
    if outcome.unchecked:
        return _KEY_IS_MISSING
    if outcome.register:
        return register_words.verdict(Reconciled(outcome.register))
    return ngettext("The audit trail is whole: {n} entry.", "The audit trail is whole: {n} entries.", outcome.count).format(
        n=f"{outcome.count:,}"
    )


def standing(outcome: Outcome) -> Text:
    """Return the extent and time of the verification, for /risk status."""
    return ngettext("whole: {n} entry, verified {when}", "whole: {n} entries, verified {when}", outcome.count).format(
        when=words.moment(outcome.at), n=f"{outcome.count:,}"
    )


def record_outcome(tx: Tx, policy: Policy, outcome: Outcome) -> None:
    """Record the outcome, and notify the audit channel."""
    record(tx, outcome.event(), policy)


def _to_the_audit_channel(event: Recorded, policy: Policy, tx: Tx) -> Sequence[To]:
    return [To("route:audit", "whoever watches over the trail wants to know that somebody looks")]


def render(facts: Mapping[str, Any], policy: Policy, tx: Tx) -> Message:
    """Return one line; a loud one for a fault."""
    broken = facts["broken"]
    fault = Broken(**{**broken, "fault": Fault(broken["fault"])}) if broken else None
    at = datetime.fromisoformat(facts["at"])
    outcome = Outcome(at, facts["count"], facts["hash"], facts["since"], fault, facts["outcome"] == "unchecked", facts["register"])
    if outcome.holds:
        since = _("All entries were verified.") if not outcome.since else _("Verified after entry {n}.").format(n=f"{outcome.since:,}")
        return Message(blocks.escape(f"✅ {sentences(told(outcome), since)}"), [blocks.paragraph("✅ ", sentences(told(outcome), since))])
    advice = _("Keep the database as it is and find out who changed it: python -m bot audit verify")
    return Message(blocks.escape(f"🚨 {told(outcome)}"), [blocks.paragraph("🚨 ", blocks.bold(told(outcome))), blocks.paragraph(advice)])


NOTICES = [Notice(TrailVerified.kind, (TrailVerified,), _to_the_audit_channel, render, classification=Secrecy.INTERNAL)]
