"""Undo: a button under the answer to a change, which takes it back within a minute."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from commands.kit import blocks
from commands.kit.contract import Args, Block, Refused, Request
from commands.kit.i18n import _
from commands.kit.input.fields import Key
from storage.database import Tx
from storage.delivery import answers
from storage.delivery.answers import Answer

MINUTE = timedelta(minutes=1)


class UndoArgs(Args):
    key: Key


def offer(action: str, request: Request, tx: Tx, **changed: Any) -> Block:
    """Return the button that takes a change back; its value is an opaque id of the change."""
    kept = Answer(uuid.uuid4().hex, action, changed, request.user, request.at, request.at + MINUTE)
    answers.keep(tx, kept)
    return blocks.button(action, _("Undo"), kept.key)


def taken_back(action: str, args: UndoArgs, request: Request, tx: Tx) -> dict[str, Any]:
    """Return the change, for the person who made it.

    Raises:
        Refused: the minute is over, or somebody else made the change.
    """
    kept = answers.get(tx, args.key, now=request.at)
    if kept is None or kept.command != action:
        raise Refused(_("The minute for Undo is over: nothing was undone."))
    if kept.person != request.user:
        raise Refused(_("Only the person who made the change can undo it."))
    return dict(kept.arguments)
