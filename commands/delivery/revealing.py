"""*Show figures* under a masked answer: names and figures in the asker's direct messages, for a few minutes, on record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from commands.delivery.recording import record, tell
from commands.delivery.share import asked, kept, once_more
from commands.delivery.stages import Draft
from commands.kit import blocks
from commands.kit.access.masking import noting, unmasked
from commands.kit.contract import Args, Command, Message, Notice, Reply, Request, To
from commands.kit.i18n import _
from commands.kit.input.fields import Key
from commands.kit.input.inline import check
from commands.kit.wording import words
from risk_engine.audit.events import FiguresShown
from risk_engine.audit.secrecy import Secrecy
from risk_engine.people.roles import Right
from risk_engine.policy.policy import Policy
from storage.audit.reads import disclosed
from storage.database import Tx


class RevealArgs(Args):
    key: Key


def reveal(args: RevealArgs, request: Request, tx: Tx) -> Reply:
    """Show the whole answer to the person who presses, for a few minutes, and record that they saw it."""
    answer = kept(args.key, request, tx)
    command = asked(answer, request, tx)
    with unmasked(), noting() as named:
        reply = command.run(check(command, answer.arguments), replace(request, as_of=answer.as_of), tx)
    until = request.at + timedelta(minutes=request.policy.privacy.reveal_minutes)
    facts = {"command": answer.command, "arguments": dict(answer.arguments), "as_of": answer.as_of.isoformat(), "until": until.isoformat()}
    message = Draft(
        "figures",
        To(f"person:{request.user}", "they asked to see the figures"),
        facts={**facts, "by": request.user, "names": list(request.person.names)},
        thread=f"figures {request.key}",
        at=request.at,
        expires_at=until,
    )
    tell(tx, message, request.policy)
    shown = sorted({*named, *reply.shown})
    told = FiguresShown(
        subject=shown[0] if len(shown) == 1 else command.name,
        actor=request.user,
        at=request.at,
        command=answer.command,
        arguments=answer.arguments,
        as_of=answer.as_of,
        until=until,
        customers=shown,
        count=len(shown),
    )
    disclosed(tx, record(tx, told, request.policy).id, shown)
    return Reply(str(_("The figures are in your direct messages with me until {time}.").format(time=words.hour(until))))


def figures(facts: Mapping[str, Any], policy: Policy, tx: Tx) -> Message | None:
    """Return an answer in full, with the time of its deletion; None if the asker may no longer see it."""
    with unmasked():
        reply = once_more(facts, policy, tx)
    if reply is None:
        return None
    gone = blocks.note(_("This message is deleted at {time}.").format(time=words.hour(datetime.fromisoformat(facts["until"]))))
    return Message(reply.text, [*blocks.fit(reply.blocks, most=48), gone])


ACTIONS = [
    Command(
        "reply.reveal",
        RevealArgs,
        reveal,
        right=Right.OPEN,
        summary=_("Names and figures, visible to you only"),
        writes=True,
        classification=Secrecy.CONFIDENTIAL,
    )
]
NOTICES = [Notice("figures", (), lambda event, policy, tx: (), figures, classification=Secrecy.CONFIDENTIAL)]
