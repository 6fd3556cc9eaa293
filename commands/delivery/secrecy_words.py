"""Classes of confidentiality of channels, in words."""

from __future__ import annotations

import re

from commands.kit.i18n import Marked, Text, _, listed
from risk_engine.audit.privacy_policy import Privacy
from risk_engine.audit.secrecy import Secrecy, carries

# the largest number of channels that are named
NAMED = 3
LEVELS = {
    Secrecy.PUBLIC: _("public"),
    Secrecy.INTERNAL: _("internal"),
    Secrecy.CONFIDENTIAL: _("confidential"),
    Secrecy.RESTRICTED: _("restricted"),
}
# under a message shown without names and figures
LEFT_OUT = _("Names, figures and texts are masked: this channel may not carry them. /risk show shows them to you only.")


def channel(name: str) -> str:
    """Return a channel by name or id, as Slack shows it in a sentence."""
    return Marked(f"<#{name}>") if re.fullmatch(r"[CG][A-Z0-9]{2,}", name) else f"#{name.lstrip('#')}"


def plain(name: str) -> str:
    """Return a channel's name without a link, for the log and for lists."""
    return name if re.fullmatch(r"[CG][A-Z0-9]{2,}", name) else f"#{name.lstrip('#')}"


def too_open(where: str, level: Secrecy, said: Secrecy, privacy: Privacy) -> Text:
    """Return the reason for not sharing an answer in a channel, and channels that would be possible."""
    sentence = _("{channel} may carry {level} at most; this answer is {said}. {instead}")
    return sentence.format(channel=channel(where), level=LEVELS[level], said=LEVELS[said], instead=_instead(said, privacy, but=where))


def _instead(said: Secrecy, privacy: Privacy, *, but: str) -> Text:
    others = [name for name, level in privacy.channels.items() if carries(level, said) and name != but][:NAMED]
    if not others:
        return _("The policy names no channel that may carry it: ask the owner of the policy.")
    return _("Share it in {channels}, or ask whoever keeps the policy.").format(channels=Marked(listed(map(channel, others))))


def waits(where: str, level: Secrecy, said: Secrecy) -> Text:
    """Return the reason why messages for a channel are not posted there."""
    sentence = _("{channel} may carry {level} at most, and its messages are {said}: they wait until the policy changes.")
    return sentence.format(channel=plain(where), level=LEVELS[level], said=LEVELS[said])


def goes_masked(where: str, level: Secrecy) -> Text:
    """Return the note that a channel's messages appear without names and figures."""
    sentence = _("{channel} may carry {level} at most: its messages appear without names, figures and texts.")
    return sentence.format(channel=plain(where), level=LEVELS[level])


def no_files(privacy: Privacy) -> Text | None:
    """Return the reason for sending no files; None if files are sent."""
    if not privacy.masked or privacy.masked_exports:
        return None
    return _("Files contain names and figures, which the policy keeps out of Slack. *Show figures* shows them to you only.")


def unknown(name: str) -> Text:
    """Return the warning that the policy classifies an unknown channel."""
    return _("[privacy.channels] names {channel}, which I cannot see.").format(channel=plain(name))
