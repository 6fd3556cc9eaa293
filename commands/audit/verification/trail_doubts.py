"""Discontinuities of the trail in words, with advice."""

from __future__ import annotations

from commands.kit.i18n import Text, _
from storage.audit.anchoring.guarding import Behind, Doubt

ADVISED = _("{sentence} Restore a backup, or accept it on record: python -m bot audit reseal --reason “…”.")

_TOLD = {
    Doubt.GONE: _("The audit trail is not being sealed: all its seals are gone; {known} were known."),
    Doubt.CUT: _("The audit trail is not being sealed: its end was cut off. {known} entries were known, {count} are present."),
    Doubt.REBUILT: _("The audit trail is not being sealed: it was rebuilt. Entry {known} is not the known one."),
    Doubt.OTHER: _(
        "The audit trail is not being sealed: this is another database. The known trail is that of {database}, with {known} entries."
    ),
    Doubt.FILE: _("The audit trail is not being sealed: its head file was changed, or was written with a key that is not set here."),
    Doubt.KEY: _(
        "The audit trail is not being sealed: it was sealed with a key that is not set here ({key}). "
        "Start with that key, or give it in RISKBOT_AUDIT_OLD_KEYS and type: python -m bot audit rekey"
    ),
}


def told(behind: Behind) -> Text:
    """Return the discontinuity in words, with advice."""
    known = behind.known
    words = {"count": f"{behind.count:,}", "key": behind.key, "known": f"{known.count:,}" if known else "", "database": ""}
    if known is not None:
        words["database"] = known.database
    sentence = _TOLD[behind.doubt].format(**words)
    return sentence if behind.doubt is Doubt.KEY else ADVISED.format(sentence=sentence)
