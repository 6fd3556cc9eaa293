"""Erasure of payloads from the audit trail: about a customer on request, and by the policy's retention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from commands.audit.verification.auditing import AuditRefused
from commands.kit.contract import Job
from commands.kit.i18n import Text, _, ngettext
from commands.kit.input.customer import PREFIX, typed
from commands.kit.schedule import Daily
from risk_engine.policy.policy import Policy
from risk_engine.references import ours
from storage.audit import erasing
from storage.audit.anchoring import anchors
from storage.audit.chain import Key
from storage.audit.erased import BY_COMMAND, BY_RETENTION
from storage.audit.sealing import KeyIsMissing
from storage.customers import customers
from storage.database import Tx

ASK = _("Erasing needs a confirmation, and there is no terminal to ask at: use --yes to go ahead.")
KEY_IS_MISSING = _(
    "The trail is sealed with a key, and RISKBOT_AUDIT_KEY is not set: an erasure without it would count as forged. Nothing was erased."
)
QUESTION = _("This cannot be undone. Type yes to erase:")
_REASON = (10, 300)
# an hour after the anchor's packaged time, outside working hours
_HOUR = time(1, 5)
# the largest number per day, to keep transactions short; the rest waits for the next day
A_DAY = 100_000


@dataclass(frozen=True, slots=True)
class Plan:
    """The scope of an erasure."""

    customer: str
    reason: str
    events: Sequence[int]
    mentions: int

    def lines(self) -> list[str]:
        """Return the extent of the erasure, and the parts that stay."""
        if not self.events:
            lines: list[Text] = [_("The trail has no payload about {customer}: there is nothing to erase.").format(customer=self.customer)]
        else:
            told = ngettext(
                "{n} payload about {customer} would be erased: what happened and why, in figures and words.",
                "{n} payloads about {customer} would be erased: what happened and why, in figures and words.",
                len(self.events),
            )
            lines = [
                told.format(n=f"{len(self.events):,}", customer=self.customer),
                _("Kept: that something happened, its kind, when, by whom, and the ids; the chain still proves it."),
            ]
        if self.mentions:
            lines.append(
                ngettext(
                    "{n} other entry names the id among other customers and is kept.",
                    "{n} other entries name the id among other customers and are kept.",
                    self.mentions,
                ).format(n=f"{self.mentions:,}")
            )
        return [str(line) for line in lines]


def look(tx: Tx, customer: str, reason: str) -> Plan:
    """Return the plan for erasing a customer's payloads.

    Raises:
        AuditRefused: there is no such customer, or the reason is too short or too long.
    """
    least, most = _REASON
    if not least <= len(reason.strip()) <= most:
        raise AuditRefused(
            _("--reason {reason} is too short or too long; expected {least} to {most} letters.").format(
                reason=f"“{reason}”", least=least, most=most
            )
        )
    customer = _unambiguous(customer)
    found = erasing.about(tx, customer)
    if not found.events and not customers.names(tx, [customer]):
        raise AuditRefused(_("There is no customer {customer}; expected the id, not the name.").format(customer=f"“{customer}”"))
    return Plan(customer, reason.strip(), found.events, found.mentions)


def _unambiguous(text: str) -> str:
    """Return a customer's id; an id that looks like one of Riskbot's needs the prefix ``customer:``.

    Raises:
        AuditRefused: the text is ambiguous.
    """
    if text.lower().startswith(PREFIX):
        return text[len(PREFIX) :]
    if ours(text):
        sentence = _(
            "--customer {id} looks like one of Riskbot's own ids (R-17, A-3, …). For the customer with this id, type --customer {typed}."
        )
        raise AuditRefused(sentence.format(id=text, typed=typed(text)))
    return text


def erase(tx: Tx, plan: Plan, key: Key, *, by: str, at: datetime) -> list[str]:
    """Erase the customer's payloads, and return the remaining steps elsewhere.

    Raises:
        AuditRefused: the trail is sealed with a key, and none was given.
    """
    about = erasing.about(tx, plan.customer).events
    try:
        done = erasing.erase(tx, about, subject=plan.customer, reason=plan.reason, by=by, at=at, key=key, command=BY_COMMAND)
    except KeyIsMissing:
        raise AuditRefused(KEY_IS_MISSING) from None
    told = ngettext("{n} payload was erased, as recorded.", "{n} payloads were erased, as recorded.", done)
    lines = [
        told.format(n=f"{done:,}"),
        _("The customer's facts, register, notices and Slack messages are not part of the trail and stay."),
    ]
    if tx.dialect == "postgresql":
        lines.append(_("PostgreSQL keeps old rows until VACUUM, and backups keep them longer."))
    else:
        lines.append(_("Backups still contain it."))
    return [str(line) for line in lines]


def slots(policy: Policy, tx: Tx) -> Mapping[str, Daily]:
    """Return the daily slot, at night."""
    return {"audit.retention": Daily(_HOUR, policy.audit.zone)}


def retention(key: Key) -> Job:
    """Return the nightly job that erases payloads beyond the policy's retention, and signs that with the key."""

    def retain(name: str, day: date, now: datetime, policy: Policy, tx: Tx) -> None:
        days = policy.retention.audit_days
        if old := erasing.older(tx, now - timedelta(days=days), limit=A_DAY):
            reason = f"older than {days} days (retention.audit_days)"
            erasing.erase(tx, old, subject=anchors.SUBJECT, reason=reason, by="retention", at=now, key=key, command=BY_RETENTION)

    return Job("audit.retention", slots, retain)
