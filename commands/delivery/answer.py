"""An answer sent as a direct message, because it could not be given in place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from commands.kit.contract import Message, Notice
from risk_engine.audit.secrecy import Secrecy
from risk_engine.policy.policy import Policy
from storage.database import Tx


def render(facts: Mapping[str, Any], policy: Policy, tx: Tx) -> Message | None:
    """Return the answer as it was written for its reader."""
    return Message(facts["text"], list(facts["blocks"]))


NOTICES = [
    # addressed to the person who asked
    Notice("answer", (), lambda event, policy, tx: (), render, classification=Secrecy.PUBLIC),
    # the refusal of access, the only message to somebody who is not a full member
    Notice("turned_away", (), lambda event, policy, tx: (), render, classification=Secrecy.PUBLIC),
]
