"""Readers of a channel other than full members, in words, with advice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from commands.delivery.secrecy_words import plain
from commands.kit.i18n import Text, _, listed, ngettext
from risk_engine.audit.privacy_policy import Privacy
from risk_engine.audit.secrecy import Secrecy

# the largest number of guests that are named
NAMED = 3


class Why(StrEnum):
    """The reason why a channel has other readers than full members."""

    SHARED = "other organisations"
    INVITED = "another organisation is invited"
    GUESTS = "guests"
    CROWD = "too many members"
    UNKNOWN = "not known"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class Readers:
    """The readers of a channel other than full members.

    Attributes:
        guests: their names, if they are the reason.
        said: Slack's error in place of an answer.
    """

    why: Why
    guests: tuple[str, ...] = ()
    said: str = ""


def not_here(readers: Readers) -> Text:
    """Return the reason for not posting about customers in a channel, for all its readers."""
    match readers.why:
        case Why.SHARED:
            return _("Other organisations can read this channel: customer risk is not shared here.")
        case Why.INVITED:
            return _("Another organisation has been invited to this channel: customer risk is not shared here.")
        case Why.GUESTS:
            sentence = _("This channel has guests ({names}): customer risk is not shared here.")
            return sentence.format(names=_some(readers.guests))
        case Why.CROWD:
            return _("This channel has more members than I can check: customer risk is not shared here.")
        case Why.ARCHIVED:
            return _("This channel is archived.")
        case Why.UNKNOWN:
            return _("I could not check with Slack who can read this channel, so nothing was shared. Please try again in a minute.")


def trouble(name: str, readers: Readers, privacy: Privacy) -> Text:
    """Return the problem with a channel's readers, the effect on its messages, and the remedy."""
    if readers.why is Why.ARCHIVED:
        sentence = _("{channel} is archived: its messages wait. Restore it, or name another channel in the policy.")
        return sentence.format(channel=plain(name))
    if privacy.outsiders == Secrecy.PUBLIC.value:
        return waits(name, readers, privacy)
    sentence = _("{found} Messages about customers appear there without names, figures and texts. {remedy}")
    return sentence.format(found=_found(plain(name), readers), remedy=_remedy(readers.why))


def waits(name: str, readers: Readers, privacy: Privacy) -> Text:
    """Return the reason why a message for a channel waits."""
    if readers.why is Why.ARCHIVED:
        return trouble(name, readers, privacy)
    sentence = _("{found} Messages about customers wait. {remedy}")
    return sentence.format(found=_found(plain(name), readers), remedy=_remedy(readers.why))


def _found(channel: str, readers: Readers) -> Text:
    match readers.why:
        case Why.SHARED:
            return _("Other organisations can read {channel}.").format(channel=channel)
        case Why.INVITED:
            return _("Another organisation has been invited to {channel}.").format(channel=channel)
        case Why.GUESTS:
            sentence = ngettext("{n} guest can read {channel}: {names}.", "{n} guests can read {channel}: {names}.", len(readers.guests))
            return sentence.format(channel=channel, names=_some(readers.guests))
        case Why.CROWD:
            return _("{channel} has more members than I can check.").format(channel=channel)
        case _:
            return _("Slack does not say who can read {channel} ({said}).").format(channel=channel, said=readers.said)


def _remedy(why: Why) -> Text:
    match why:
        case Why.SHARED:
            return _("Stop sharing the channel, or name another one in the policy.")
        case Why.INVITED:
            return _("Withdraw the invitation, or name another channel in the policy.")
        case Why.GUESTS:
            return _("Remove them from the channel, or name another channel in the policy.")
        case Why.CROWD:
            return _("Name a smaller channel in the policy.")
        case _:
            return _("The app needs the scopes channels:read, groups:read and users:read.")


def _some(names: Sequence[str]) -> str:
    return listed(names[:NAMED]) + (" …" if len(names) > NAMED else "")


def no_member(name: str) -> Text:
    """Return the reason why a direct message waits."""
    sentence = _("{name} is not an active full member of this workspace: direct messages to them are held back.")
    return sentence.format(name=name)


def not_confirmed(name: str) -> Text:
    """Return the reason why a direct message waits for an answer from Slack."""
    return _("Slack does not say whether {name} is a full member of this workspace: the direct message waits.").format(name=name)
