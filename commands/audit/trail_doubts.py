"""Why a trail is not gone on with, in words, and what a person can do about it."""

from __future__ import annotations

from commands.kit.i18n import Text, _
from storage.audit.anchoring.guarding import Behind, Doubt

ADVISED = _("{sentence} Restore a backup, or accept it on record: python -m bot audit reseal --reason “…”.")

_TOLD = {
    Doubt.GONE: _("The audit trail is not sealed: all of its seals are gone, and {known} were known."),
    Doubt.CUT: _("The audit trail is not sealed: its end was cut off. {known} entries were known, and {count} are there."),
    Doubt.REBUILT: _("The audit trail is not sealed: it was rebuilt. Entry {known} is not the one that was known."),
    Doubt.OTHER: _("The audit trail is not sealed: another database was here. The trail of {database} with {known} entries was known."),
    Doubt.FILE: _("The audit trail is not sealed: its head file was changed, or was written with a key that is not given here."),
    Doubt.KEY: _(
        "The audit trail is not sealed: it goes on with a key that is not given here ({key})."
        " Start with that key, or give it in RISKBOT_AUDIT_OLD_KEYS and type: python -m bot audit rekey"
    ),
}


def told(behind: Behind) -> Text:
    """What is wrong with the trail, and what to do."""
    known = behind.known
    words = {"count": f"{behind.count:,}", "key": behind.key, "known": f"{known.count:,}" if known else "", "database": ""}
    if known is not None:
        words["database"] = known.database
    sentence = _TOLD[behind.doubt].format(**words)
    return sentence if behind.doubt is Doubt.KEY else ADVISED.format(sentence=sentence)
