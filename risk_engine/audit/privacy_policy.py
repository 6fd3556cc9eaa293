"""The policy's [privacy]: limits on content in Slack, by channel, and its lifetime."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from risk_engine.audit.secrecy import Secrecy
from risk_engine.channel_names import ChannelName
from risk_engine.policy_part import Part


class Privacy(Part):
    """The limits on content in Slack, by channel, and its lifetime.

    Attributes:
        masked: whether customers appear in Slack by id and colour alone, without names, figures and free text.
        masked_exports: whether files, which carry names and figures, are sent nevertheless.
        reveal_minutes: how long figures revealed on request stay in a direct message.
        messages_days: days after which the bot's messages are deleted; 0 keeps them.
        unlisted: the highest class of a channel that ``channels`` does not name.
        channels: the highest class of a channel, by its name or id.
        outsiders: the highest class of a channel with guests or other organisations, or whose members Slack does not list.
    """

    masked: bool
    masked_exports: bool
    reveal_minutes: Annotated[int, Field(ge=1, le=240)]
    messages_days: Annotated[int, Field(ge=0, le=3650)]
    unlisted: Secrecy
    outsiders: Literal["public", "internal"]
    channels: dict[ChannelName, Secrecy] = Field(default={})
