"""Words for entries of the trail, one for every kind of recorded event."""

from __future__ import annotations

from commands.kit.i18n import Text, _, pgettext
from commands.kit.registry import registry

# names of facts
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
    "ends": pgettext("trail", "ends"),
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
    "likelihood": pgettext("trail", "likelihood"),
    "severity": pgettext("trail", "severity"),
    "scope": pgettext("trail", "scope"),
    "customer_severity": pgettext("trail", "severity for the customer"),
    "spread": pgettext("trail", "spread"),
    "measure_kind": pgettext("trail", "kind of measure"),
    "cost": pgettext("trail", "cost"),
    "currency": pgettext("trail", "currency"),
    "benefit": pgettext("trail", "benefit"),
    "percent": pgettext("trail", "per cent"),
    "note": pgettext("trail", "note"),
    "result": pgettext("trail", "result"),
    "days": pgettext("trail", "days"),
    "response": pgettext("trail", "response"),
    "of": pgettext("trail", "test of"),
    "effective": pgettext("trail", "effective"),
    "changed": pgettext("trail", "changed"),
    "before": pgettext("trail", "before"),
    "delegate": pgettext("trail", "to"),
    "kinds": pgettext("trail", "for"),
    "person": pgettext("trail", "whom"),
    "what": pgettext("trail", "what"),
    "lacking": pgettext("trail", "missing"),
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
    "agency": pgettext("trail", "agency"),
    "letter": pgettext("trail", "to the rating"),
    "finding": pgettext("trail", "finding"),
    "hash": pgettext("trail", "hash"),
    "from": pgettext("trail", "from"),
    "replaced": pgettext("trail", "in its place before"),
    "outcome": pgettext("trail", "outcome"),
    "known": pgettext("trail", "known before"),
    "sealed": pgettext("trail", "resealed"),
    "reason": pgettext("trail", "reason"),
    "plan": pgettext("trail", "plan"),
    "to": pgettext("trail", "to"),
    "cause": pgettext("trail", "cause"),
    "numbers": pgettext("trail", "numbers"),
}

# what earlier versions recorded and this one does not: old trails read as they did
RETIRED: dict[str, Text] = {"breaches.changed": _("recorded many breach changes at once")}

# ways of asking
WAYS: dict[str, Text] = {
    "command": _("a typed line"),
    "message": _("a message"),
    "button": _("a button"),
    "form": _("a form"),
    "home": pgettext("way", "Home"),
    "terminal": _("the terminal"),
}

# actors other than people
ACTORS: dict[str, Text] = {
    "monitor": _("the monitor"),
    "clock": _("a scheduled job"),
    "start": _("a start of the bot"),
    "import": _("an import"),
    "schedule": _("a scheduled job"),
    "courier": _("the courier"),
    "anchor": _("the anchoring of the trail"),
}


def what(kind: str) -> Text | str:
    """Return the words for an event; the kind itself without any."""
    said = registry().said.get(kind)
    return said.what if said else RETIRED.get(kind, kind)
