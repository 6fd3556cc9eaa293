"""The outbox in words: recipients, and reasons for undelivered messages."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from commands.delivery.slack_answers import why
from commands.kit import blocks
from commands.kit.i18n import Marked, Text, _, ngettext
from risk_engine.policy.policy import Policy
from storage.delivery.outbox import Cause

# Slack's ids have a digit; names have lower-case letters
_CHANNEL = re.compile(r"[CGD](?=[A-Z]*[0-9])[A-Z0-9]{2,}")


def target(audience: str, policy: Policy) -> str:
    """Return the name or id of an audience."""
    kind, _colon, name = audience.partition(":")
    return str(getattr(policy.channels, name, name)) if kind == "route" else name


def place(audience: str, policy: Policy) -> dict[str, Any] | str:
    """Return the recipient of a message as a piece of a line: a person or a channel."""
    name = target(audience, policy)
    if audience.startswith("person:"):
        return blocks.person(name)
    return {"type": "channel", "channel_id": name} if _CHANNEL.fullmatch(name) else f"#{name.lstrip('#')}"


def place_in_sentence(audience: str, policy: Policy) -> Marked | str:
    """Return the recipient of a message within a sentence."""
    name = target(audience, policy)
    if audience.startswith("person:"):
        return blocks.mention(name)
    return Marked(f"<#{name}>") if _CHANNEL.fullmatch(name) else f"#{name.lstrip('#')}"


def place_in_table(audience: str, policy: Policy, name_of: Callable[[str], str]) -> str:
    """Return the recipient of a message in a table, where mentions are impossible."""
    name = target(audience, policy)
    return name_of(name) if audience.startswith("person:") else f"#{name.lstrip('#')}"


def reason(error: str) -> Text | str:
    """Return the reason for an undelivered message."""
    return why(error) if error else _("not tried yet")


def cause(of: Cause, policy: Policy) -> list[Any]:
    """Return ``#risk-alerts: 3 messages were given up · the channel is archived`` as the pieces of a line."""
    if of.dead:
        what = ngettext("{n} message undelivered", "{n} messages undelivered", of.count)
    else:
        what = ngettext("{n} message waits", "{n} messages wait", of.count)
    return [place(of.audience, policy), ": ", what, " · ", reason(of.error)]
