"""Replies to requests while the database is in trouble: the problem, and the state of the request."""

from __future__ import annotations

from commands.kit.i18n import Text, _
from storage.faults import Busy, Trouble, Unwell

WHAT: dict[Trouble, Text] = {
    Trouble.FULL: _("The disk of my database is full"),
    Trouble.READ_ONLY: _("My database cannot be written to"),
    Trouble.UNREADABLE: _("The disk of my database cannot be read or written"),
    Trouble.UNREACHABLE: _("My database does not answer"),
    Trouble.EXHAUSTED: _("My database has run out of memory or connections"),
}

SLACK_AWAY = _("Slack cannot currently confirm the person you named. Your request is recorded and will be carried out.")


def kept(error: Busy) -> Text:
    """Return the reply that an acknowledged request is safe."""
    if not isinstance(error, Unwell):
        return _("The database is busy. Your request is recorded and will be carried out.")
    return _("{trouble}. Your request is recorded and will be carried out once that is fixed; please do not ask again.").format(
        trouble=WHAT[error.trouble]
    )


def not_kept(error: Busy) -> Text:
    """Return the reply that nothing was recorded; after a lost connection that is uncertain."""
    if not isinstance(error, Unwell):
        return _("The database is busy, and nothing was recorded. Please try again.")
    what = WHAT[error.trouble]
    if error.trouble is Trouble.UNREACHABLE:
        return _("{trouble}, so I cannot say whether this was recorded: please check before you ask again.").format(trouble=what)
    return _("{trouble}, and nothing was recorded. Please try again once that is fixed.").format(trouble=what)


def unanswered(error: Busy) -> Text:
    """Return the reply that a question could not be answered."""
    if not isinstance(error, Unwell):
        return _("The database is busy right now. Please try again.")
    return _("{trouble}. Please try again once that is fixed.").format(trouble=WHAT[error.trouble])
