"""Confidentiality of answers and notices, and the channels that may carry them."""

from __future__ import annotations

from slack_sdk.errors import SlackApiError

from bot.delivering.channels import Channels, Unreachable
from commands.delivery import audience_words, secrecy_words
from commands.delivery.audience_words import Why
from commands.kit.access.access import Outside
from commands.kit.contract import Command, Refused
from commands.kit.i18n import Text, _
from commands.kit.registry import registry
from risk_engine.audit.secrecy import Secrecy, carries, least, masked
from risk_engine.policy.policy import Policy
from storage.delivery.deliveries import Delivery

SHARED = "shared"
DIGESTS = ("digest", "digest.detail")
# the messages to somebody without access
TURNED_AWAY = "turned_away"


def said_by(delivery: Delivery) -> Secrecy:
    """Return the class of a message; for a shared answer, the answer's class."""
    if delivery.notice == SHARED and (command := registry().asked(delivery.facts["command"])):
        return command.classification
    return registry().notices[delivery.notice].classification


def refuse_here(command: Command, channel: str, channels: Channels, policy: Policy) -> Text | None:
    """Return the reason why a command's answer cannot be posted to a channel, in words; None if it can."""
    said = masked(command.classification) if policy.privacy.masked else command.classification
    try:
        level = channels.may_carry(channel)
    except Unreachable as error:
        return error.sentence
    except (SlackApiError, OSError):
        return _("Slack did not say which channel this is, so nothing was shared. Please try again.")
    return None if carries(level, said) else secrecy_words.too_open(channel, level, said, policy.privacy)


def goes_masked(delivery: Delivery, channel: str, channels: Channels, policy: Policy) -> bool:
    """Return True if a message goes out without names and figures, because of the policy or its channel's class.

    Raises:
        Refused: the message is a shared answer, and its channel may no longer carry it.
        Unreachable: the channel may not carry it even masked; it waits.
        SlackApiError: Slack limits calls about the channel.
    """
    always, said = policy.privacy.masked, said_by(delivery)
    if delivery.audience.startswith("person:") or channel.startswith("D"):
        _check_addressee(delivery, channel, channels, said)
        # a person's own message; their rights were checked before
        return always
    if carries(Secrecy.PUBLIC, said):
        return always
    level = _carried(delivery, channel, channels, policy)
    if carries(level, masked(said) if always else said):
        return always
    if delivery.notice == SHARED:
        raise Refused(secrecy_words.too_open(channel, level, said, policy.privacy))
    if carries(level, masked(said)):
        return True
    raise Unreachable(_waits(delivery, channel, channels, policy, level), held=True)


def _check_addressee(delivery: Delivery, channel: str, channels: Channels, said: Secrecy) -> None:
    """Hold back messages for a person who has left or become a guest, except the refusal of access.

    Raises:
        Unreachable: they are not a full member, or Slack does not confirm it.
    """
    kind, _colon, target = delivery.audience.partition(":")
    if delivery.notice == TURNED_AWAY or (kind == "channel" and said is Secrecy.PUBLIC):
        return
    person = target if kind == "person" else str(channels.audience.info(channel).get("user"))
    why = channels.people.why_outside(person)
    if why is not None:
        said_why = audience_words.not_confirmed if why is Outside.UNKNOWN else audience_words.no_member
        raise Unreachable(said_why(channels.people.name_of(person)), closed=why is not Outside.UNKNOWN)


def _carried(delivery: Delivery, channel: str, channels: Channels, policy: Policy) -> Secrecy:
    """Return the class that a channel may carry now, with its present readers.

    Raises:
        Refused: it was meant for the earlier readers, and now there are others.
        Unreachable: nothing can be posted there, or the bot cannot see the channel and its readers.
    """
    readers, level = channels.unsafe(channel), channels.may_carry(channel)
    if readers is None:
        return level
    if readers.why is Why.ARCHIVED:
        raise Unreachable(audience_words.waits(channels.name_of(delivery.audience), readers, policy.privacy), closed=True)
    subscribed = delivery.notice in DIGESTS and delivery.audience.startswith("channel:")
    if delivery.notice == SHARED or (subscribed and readers.why in {Why.SHARED, Why.INVITED}):
        raise Refused(audience_words.not_here(readers))
    return least((level, Secrecy(policy.privacy.outsiders)))


def _waits(delivery: Delivery, channel: str, channels: Channels, policy: Policy, level: Secrecy) -> Text:
    name = channels.name_of(delivery.audience)
    if found := channels.audience.found().get(channel):
        return audience_words.waits(name, found[1], policy.privacy)
    return secrecy_words.waits(name, level, said_by(delivery))
