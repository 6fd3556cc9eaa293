"""What may stand where: an answer or a notice of one class, in a channel of another."""

from __future__ import annotations

from slack_sdk.errors import SlackApiError

from bot.channels import Channels, Unreachable
from commands.kit import secrecy_words
from commands.kit.contract import Command, Refused
from commands.kit.i18n import Text, _
from commands.kit.registry import registry
from risk_engine.policy import Policy
from risk_engine.secrecy import Secrecy, carries, masked
from storage.deliveries import Delivery

SHARED = "shared"


def said_by(delivery: Delivery) -> Secrecy:
    """The class of a message; of a shared answer, that of the answer."""
    if delivery.notice == SHARED and (command := registry().asked(delivery.facts["command"])):
        return command.classification
    return registry().notices[delivery.notice].classification


def refuse_here(command: Command, channel: str, channels: Channels, policy: Policy) -> Text | None:
    """Why what a command answers cannot be posted to a channel, in words; None if it can."""
    said = masked(command.classification) if policy.privacy.masked else command.classification
    try:
        level = channels.may_carry(channel)
    except (SlackApiError, OSError):
        return _("Slack does not say which channel this is, so that nothing was shared. Please try again.")
    return None if carries(level, said) else secrecy_words.too_open(channel, level, said, policy.privacy)


def goes_masked(delivery: Delivery, channel: str, channels: Channels, policy: Policy) -> bool:
    """Whether a message goes out without names and figures: because the policy says so, or because its channel carries no more.

    Raises:
        Refused: an answer that was shared, and its channel has come to carry less.
        Unreachable: the channel may not even carry it masked; it waits.
    """
    always = policy.privacy.masked
    if delivery.audience.startswith("person:") or channel.startswith("D"):
        # one person's own; what they may see was asked before
        return always
    said, level = said_by(delivery), channels.may_carry(channel)
    if carries(level, masked(said) if always else said):
        return always
    if delivery.notice == SHARED:
        raise Refused(secrecy_words.too_open(channel, level, said, policy.privacy))
    if carries(level, masked(said)):
        return True
    raise Unreachable(secrecy_words.waits(channels.name_of(delivery.audience), level, said))
