"""The policy's [privacy]: what may stand in Slack, in which channel, and for how long."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from risk_engine.audit.secrecy import Secrecy
from risk_engine.channel_names import ChannelName
from risk_engine.policy_part import Part


class Privacy(Part):
    """What may stand in Slack, in which channel, and for how long.

    Attributes:
        masked: whether customers appear in Slack by id and colour alone, without names, figures and free text.
        masked_exports: whether files, which carry names and figures, are sent in spite of that.
        reveal_minutes: for how long figures that somebody asked to see stand in their direct messages.
        messages_days: after how many days a message of the bot is deleted; 0 keeps them.
        unlisted: what a channel may carry that ``channels`` does not name.
        channels: what a channel may carry, by its name or id.
        outsiders: what a channel may carry at most that guests or other organisations read, or whose readers Slack does not tell.
    """

    masked: bool
    masked_exports: bool
    reveal_minutes: Annotated[int, Field(ge=1, le=240)]
    messages_days: Annotated[int, Field(ge=0, le=3650)]
    unlisted: Secrecy
    outsiders: Literal["public", "internal"]
    channels: dict[ChannelName, Secrecy] = Field(default={})
