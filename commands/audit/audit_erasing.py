"""Erase payloads of the audit trail: what it says about a customer, on request, and what is older than it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from commands.audit.auditing import AuditRefused
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
# an hour after the anchor's packaged time, when nobody works
_HOUR = time(1, 5)
# a day's share, so that the database is not held for long; what is left waits for the next day
A_DAY = 100_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What an erasure would take away."""

    customer: str
    reason: str
    events: Sequence[int]
    mentions: int

    def lines(self) -> list[str]:
        """How much, and what stays."""
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
    """What there is to erase about a customer.

    Raises:
        AuditRefused: there is no such customer, or the reason says nothing.
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
    """A customer's id; one that reads like an id of ours only after ``customer:``.

    Raises:
        AuditRefused: it could be either.
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
    """Erase what is about the customer by now, and say what is left to do elsewhere.

    Raises:
        AuditRefused: the trail is sealed with a key, and this is none.
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
    """Once a day, at night."""
    return {"audit.retention": Daily(_HOUR, policy.audit.zone)}


def retention(key: Key) -> Job:
    """The nightly job that erases the payloads which are older than the policy keeps them, and signs that with the key."""

    def retain(name: str, day: date, now: datetime, policy: Policy, tx: Tx) -> None:
        days = policy.retention.audit_days
        if old := erasing.older(tx, now - timedelta(days=days), limit=A_DAY):
            reason = f"older than {days} days (retention.audit_days)"
            erasing.erase(tx, old, subject=anchors.SUBJECT, reason=reason, by="retention", at=now, key=key, command=BY_RETENTION)

    return Job("audit.retention", slots, retain)
