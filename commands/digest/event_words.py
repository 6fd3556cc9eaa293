"""Trail sentences for a channel's own digest."""

from __future__ import annotations

from commands.kit.contract import EventWords
from commands.kit.i18n import _
from risk_engine.digest.events import DigestChanged, DigestPaused, DigestResumed, DigestSubscribed, DigestUnsubscribed

_DIGEST = ("at", "timezone", "department", "sector", "until")

EVENTS = (
    EventWords(DigestSubscribed, _("set up a channel's digest"), _DIGEST),
    EventWords(DigestChanged, _("changed a channel's digest"), _DIGEST),
    EventWords(DigestPaused, _("paused a channel's digest"), _DIGEST),
    EventWords(DigestResumed, _("resumed a channel's digest"), _DIGEST),
    EventWords(DigestUnsubscribed, _("ended a channel's digest"), _DIGEST),
)
