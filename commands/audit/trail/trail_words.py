"""What an entry of the trail says: every kind of event that the product records has its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from commands.kit.i18n import Text, _, pgettext


@dataclass(frozen=True, slots=True)
class Said:
    """What happened, as it follows whoever did it; and which facts stand under it, in this order."""

    what: Text
    facts: Sequence[str] = ()


_READING = ("kri", "colour", "value", "threshold", "as_of", "source")
_DIGEST = ("at", "timezone", "department", "sector", "until")
_ANSWER = ("command", "arguments", "rows", "channel", "as_of", "until", "via")

SAID: dict[str, Said] = {
    "risk.logged": Said(_("entered it into the register"), ("title", "level", "category", "kind", "owner", "source")),
    "response.proposed": Said(_("proposed a response"), ("strategy", "measure", "owner", "due")),
    "override.proposed": Said(_("proposed a grade override"), ("until",)),
    "override.ended": Said(_("ended the override"), ("until",)),
    "approval.requested": Said(_("requested approval"), ("subject", "kind", "title", "amount", "steps", "expires_at")),
    "approval.voted": Said(_("voted on the request"), ("subject", "choice", "step", "on_behalf_of", "conditions")),
    "approval.decided": Said(_("closed the request"), ("subject", "verdict", "on_behalf_of", "conditions")),
    "approval.reminded": Said(_("reminded the approvers"), ("subject", "reminder", "step", "expires_at")),
    "approval.refreshed": Said(_("tried to approve and was shown that the facts have changed"), ("changed",)),
    "condition.met": Said(_("confirmed a condition"), ("number", "condition", "evidence")),
    "delegation.given": Said(_("delegated their authority"), ("delegate", "since", "until", "kinds")),
    "delegation.revoked": Said(_("revoked a delegation"), ("delegate",)),
    "role.given": Said(_("assigned roles"), ("person",)),
    "role.taken": Said(_("removed roles"), ("person",)),
    "access.refused": Said(_("was refused"), ("what", "missing")),
    "policy.proposed": Said(_("proposed a change of the policy"), ("key", "effects")),
    "policy.set_aside": Said(_("set aside an approved policy change that is no longer allowed"), ("key",)),
    "policy.changed": Said(_("put a new policy in force"), ("key", "keys", "origin", "proposed_by", "effects")),
    "breach.opened": Said(_("opened a breach"), _READING),
    "breach.acknowledged": Said(_("acknowledged the breach"), _READING),
    "breach.worsened": Said(_("recorded that it has worsened"), _READING),
    "breach.eased": Said(_("recorded that it has eased"), _READING),
    "breach.updated": Said(_("recorded a new reading"), _READING),
    "breach.closed": Said(_("closed the breach: back within bounds"), _READING),
    "breach.false_alarm": Said(_("marked the breach as a false alarm"), _READING),
    "breaches.changed": Said(_("recorded many breach changes at once")),
    "signal.dismissed": Said(_("dismissed a signal")),
    "rebuttal.made": Said(_("rebutted a finding")),
    "silence.made": Said(_("silenced an indicator"), ("kri", "until")),
    "register.recorded": Said(_("recorded the state of the register")),
    "import.loaded": Said(_("loaded a file"), ("kind", "file", "added", "changed")),
    "score.changed": Said(_("regraded"), ("why",)),
    "scores.changed": Said(_("regraded many customers"), ("worse", "better")),
    "scores.updated": Said(_("scored the book"), ("scored", "new", "changed", "grades", "as_of")),
    "digest.subscribed": Said(_("set up a channel's digest"), _DIGEST),
    "digest.changed": Said(_("changed a channel's digest"), _DIGEST),
    "digest.paused": Said(_("paused a channel's digest"), _DIGEST),
    "digest.resumed": Said(_("resumed a channel's digest"), _DIGEST),
    "digest.unsubscribed": Said(_("ended a channel's digest"), _DIGEST),
    "answer.shared": Said(_("shared an answer to a channel"), _ANSWER),
    "answer.exported": Said(_("exported an answer"), (*_ANSWER, "count")),
    "export.held": Said(_("was refused an export over the limit"), ("command", "count", "total", "quota")),
    "export.asked": Said(_("requested a file over the export limit"), ("command", "arguments", "count")),
    "figures.shown": Said(_("viewed the figures"), ("command", "customers", "count", "until")),
    "detail.read": Said(_("viewed"), ("command", "customers", "count", "via")),
    "sample.drawn": Said(_("drew the second line's sample"), ("population", "size")),
    "sample.fine": Said(_("marked a sampled entry as in order"), ("place", "entry")),
    "sample.finding": Said(_("recorded a finding on a sampled entry"), ("place", "entry", "finding")),
    "audit.erased": Said(_("erased entries' contents"), ("count",)),
    "audit.alarm": Said(_("found a break in the trail"), ("what", "known", "count")),
    "audit.resealed": Said(_("accepted a break in the trail"), ("reason", "known", "sealed", "count", "hash")),
    "audit.verified": Said(_("verified the trail"), ("outcome", "count", "hash")),
    "audit.restored": Said(_("restored the database from a backup"), ("file", "known", "replaced", "sealed", "count", "hash")),
    "audit.rekeyed": Said(_("moved the trail to a new key"), ("from", "to")),
    "outbox.troubled": Said(_("failed to deliver messages"), ("count",)),
    "outbox.requeued": Said(_("resent messages"), ("count", "cause", "numbers")),
    "audit.anchored": Said(_("anchored the chain outside of the database"), ("count", "hash", "key")),
}

# what people call the facts
LABELS: dict[str, Text] = {
    "title": pgettext("trail", "what"),
    "level": pgettext("trail", "level"),
    "category": pgettext("trail", "category"),
    "kind": pgettext("trail", "kind"),
    "owner": pgettext("trail", "owner"),
    "source": pgettext("trail", "source"),
    "strategy": pgettext("trail", "strategy"),
    "measure": pgettext("trail", "measure"),
    "due": pgettext("trail", "due"),
    "until": pgettext("trail", "until"),
    "since": pgettext("trail", "since"),
    "subject": pgettext("trail", "about"),
    "amount": pgettext("trail", "amount"),
    "steps": pgettext("trail", "steps"),
    "expires_at": pgettext("trail", "expires"),
    "choice": pgettext("trail", "said"),
    "step": pgettext("trail", "step"),
    "on_behalf_of": pgettext("trail", "on behalf of"),
    "conditions": pgettext("trail", "conditions"),
    "verdict": pgettext("trail", "outcome"),
    "reminder": pgettext("trail", "reminder"),
    "number": pgettext("trail", "number"),
    "condition": pgettext("trail", "condition"),
    "evidence": pgettext("trail", "evidence"),
    "delegate": pgettext("trail", "to"),
    "kinds": pgettext("trail", "for"),
    "person": pgettext("trail", "whom"),
    "what": pgettext("trail", "what"),
    "missing": pgettext("trail", "missing"),
    "key": pgettext("trail", "key"),
    "keys": pgettext("trail", "keys"),
    "effects": pgettext("trail", "gives"),
    "origin": pgettext("trail", "from"),
    "proposed_by": pgettext("trail", "proposed by"),
    "kri": pgettext("trail", "indicator"),
    "colour": pgettext("trail", "colour"),
    "value": pgettext("trail", "value"),
    "threshold": pgettext("trail", "threshold"),
    "as_of": pgettext("trail", "as of"),
    "why": pgettext("trail", "reason"),
    "file": pgettext("trail", "file"),
    "added": pgettext("trail", "added"),
    "worse": pgettext("trail", "worse"),
    "better": pgettext("trail", "better"),
    "scored": pgettext("trail", "scored"),
    "new": pgettext("trail", "new"),
    "changed": pgettext("trail", "changed"),
    "grades": pgettext("trail", "other grades"),
    "at": pgettext("trail", "hour"),
    "timezone": pgettext("trail", "time zone"),
    "department": pgettext("trail", "department"),
    "sector": pgettext("trail", "sector"),
    "command": pgettext("trail", "with"),
    "arguments": pgettext("trail", "asked"),
    "rows": pgettext("trail", "rows"),
    "channel": pgettext("trail", "channel"),
    "via": pgettext("trail", "via"),
    "customers": pgettext("trail", "customers"),
    "count": pgettext("trail", "number"),
    "total": pgettext("trail", "with it"),
    "quota": pgettext("trail", "allowed"),
    "population": pgettext("trail", "out of"),
    "size": pgettext("trail", "drawn"),
    "place": pgettext("trail", "number on the list"),
    "entry": pgettext("trail", "event"),
    "finding": pgettext("trail", "finding"),
    "hash": pgettext("trail", "hash"),
    "from": pgettext("trail", "from"),
    "replaced": pgettext("trail", "in its place before"),
    "outcome": pgettext("trail", "outcome"),
    "known": pgettext("trail", "known before"),
    "sealed": pgettext("trail", "resealed"),
    "reason": pgettext("trail", "reason"),
    "to": pgettext("trail", "to"),
    "cause": pgettext("trail", "cause"),
    "numbers": pgettext("trail", "numbers"),
}

# by which way people ask
WAYS: dict[str, Text] = {
    "command": _("a typed line"),
    "message": _("a message"),
    "button": _("a button"),
    "form": _("a form"),
    "home": pgettext("way", "Home"),
    "terminal": _("the terminal"),
}

# who acts without being a person
ACTORS: dict[str, Text] = {
    "monitor": _("the monitor"),
    "clock": _("the clock"),
    "start": _("a start of the bot"),
    "import": _("an import"),
    "schedule": _("the schedule"),
    "courier": _("the courier"),
}


def what(kind: str) -> Text | str:
    """What happened; the kind itself where nobody has words for it."""
    return SAID[kind].what if kind in SAID else kind
