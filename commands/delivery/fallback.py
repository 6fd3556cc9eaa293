"""The fallback channel for undeliverable alerts, which are marked there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from commands.delivery.outbox_words import place_in_sentence
from commands.delivery.recording import tell
from commands.delivery.slack_answers import why
from commands.delivery.stages import Draft
from commands.kit import blocks
from commands.kit.contract import Message, To
from commands.kit.i18n import Text, _, sentences
from risk_engine.policy.policy import Policy
from storage.database import Tx
from storage.delivery.deliveries import Delivery, Operation

ROUTE, ALERTS = "route:fallback", "route:alerts"
# the key of a copy's facts for the original message
INSTEAD_OF = "instead_of"


def applies(delivery: Delivery, policy: Policy) -> bool:
    """Return True if this message goes to the fallback channel once given up: an alert, with such a channel."""
    return bool(policy.channels.fallback) and delivery.audience == ALERTS and delivery.operation is not Operation.UPDATE


def enqueue(tx: Tx, delivery: Delivery, error: str, policy: Policy, *, at: datetime) -> bool:
    """Queue a copy for the fallback channel, once; it is rendered when sent, by that channel's rules."""
    if not applies(delivery, policy):
        return False
    copy = Draft(
        delivery.notice,
        To(ROUTE, "it could not be brought to the channel that it was meant for", delivery.operation),
        facts={**delivery.facts, INSTEAD_OF: {"audience": delivery.audience, "error": error}},
        thread=delivery.thread.removesuffix(f">{delivery.audience}"),
        at=at,
        dedup=f"fallback {delivery.key}",
        expires_at=delivery.expires_at,
    )
    return tell(tx, copy, policy)


def marked(message: Message, facts: Mapping[str, Any], policy: Policy) -> Message:
    """Return the message; in the fallback channel, headed by its intended channel and the reason."""
    meant = facts.get(INSTEAD_OF)
    if not meant:
        return message
    sentence = _meant_for(meant, policy)
    body = [blocks.sentence(sentence), *blocks.fit(message.blocks, most=48)] if message.blocks else []
    return replace(message, text=sentences(blocks.marked(sentence), message.text), blocks=body)


def _meant_for(meant: Mapping[str, Any], policy: Policy) -> Text:
    sentence = _("↪️ Intended for {place}, where it could not be delivered: {why}.")
    return sentence.format(place=place_in_sentence(meant["audience"], policy), why=why(str(meant["error"])))
