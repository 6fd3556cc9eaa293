"""The buttons under an answer: share, turn pages, export; each runs it again with present rights."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from commands.delivery import reads, secrecy_words
from commands.delivery.recording import record, tell
from commands.delivery.stages import Draft
from commands.kit import blocks
from commands.kit.access.authority import authority_of, demand, sight_of
from commands.kit.access.masking import masked, unmasked
from commands.kit.contract import Args, Command, Message, Notice, Person, Refused, Reply, Request, To
from commands.kit.i18n import _, ngettext, pgettext, reader
from commands.kit.input.fields import Key
from commands.kit.input.inline import check
from commands.kit.registry import registry
from commands.kit.wording import words
from risk_engine.audit.events import AnswerShared
from risk_engine.audit.secrecy import Secrecy
from risk_engine.people.roles import Right
from risk_engine.policy.policy import Policy
from storage.database import Tx
from storage.delivery import answers
from storage.delivery.answers import Answer


class ShareArgs(Args):
    key: Key


class AgainArgs(Args):
    key: Key


class ExportArgs(Args):
    key: Key


def furnish(reply: Reply, command: Command, args: Args, request: Request) -> tuple[Reply, list[Answer]]:
    """Return the reply with its buttons, and the answers to store for them."""
    # single sentences, such as an empty list, are not shared
    worth, rights = reply.shareable and bool(reply.blocks), request.authority.rights
    hides = masked() and command.classification is Secrecy.CONFIDENTIAL and bool(reply.blocks)
    # direct messages have nobody to share with
    here = bool(request.channel) and not str(request.channel).startswith("D")
    shareable = worth and here and Right.SHARE in rights and command.classification is not Secrecy.RESTRICTED
    exportable = worth and Right.EXPORT in rights and command.sheet is not None and secrecy_words.no_files(request.policy.privacy) is None
    if not reply.blocks and (reply.pages or reply.forms):
        # Slack shows a message's text only where it has no blocks, and buttons are a block
        reply = replace(reply, blocks=[blocks.sentence(reply.text)])
    acting = [blocks.buttons(*reply.actions)] if reply.actions else []
    if not (shareable or exportable or hides or reply.pages or reply.forms):
        return replace(reply, blocks=[*blocks.fit(reply.blocks, most=48), *acting]) if acting else reply, []
    kept: list[Answer] = []
    elements: list[dict[str, Any]] = []
    for number, (label, name, values) in enumerate(reply.forms):
        kept.append(_answer(name, dict(values), request))
        # Slack wants every action of a block to have a name of its own; what follows the colon is not part of ours
        elements.append(blocks.button(f"form.open:{number}", label, kept[-1].key))
    for number, (label, page) in enumerate(reply.pages):
        kept.append(_answer(command.name, page.model_dump(mode="json"), request))
        elements.append(blocks.button(f"reply.again:{number}", label, kept[-1].key))
    if shareable or exportable or hides:
        kept.append(_answer(command.name, args.model_dump(mode="json"), request))
    if shareable:
        elements.append(blocks.button("reply.share", _("Share to channel"), kept[-1].key))
    if exportable:
        elements.append(blocks.button("reply.export", pgettext("button", "Export"), kept[-1].key))
    if hides:
        elements.append(blocks.button("reply.reveal", _("Show figures"), kept[-1].key))
    # Slack shows no text beside blocks: a sentence alone becomes one
    said = reply.blocks or [blocks.sentence(reply.text)]
    return replace(reply, blocks=[*blocks.fit(said, most=47), *acting, blocks.buttons(*elements)]), kept


def _answer(command: str, arguments: Mapping[str, Any], request: Request) -> Answer:
    expires = request.at + timedelta(days=request.policy.retention.answers)
    return Answer(uuid.uuid4().hex, command, arguments, request.user, request.as_of or request.at, expires)


def kept(key: str, request: Request, tx: Tx) -> Answer:
    """Return the stored answer of a button, as :func:`stored` does."""
    return stored(key, request.policy, tx, now=request.at)


def stored(key: str, policy: Policy, tx: Tx, *, now: datetime) -> Answer:
    """Return the stored answer of a button.

    Raises:
        Refused: the answer has expired, or the process that gave it has not stored it yet.
    """
    answer = answers.get(tx, key, now=now)
    if answer is not None:
        return answer
    if answers.is_known(tx, key):
        raise Refused(_("This answer has expired. Please ask again."))
    sentence = _("This answer is not stored yet, or is older than {n} days. Try again in a moment; if that does not help, ask again.")
    raise Refused(sentence.format(n=policy.retention.answers))


def asked(answer: Answer, request: Request, tx: Tx) -> Command:
    """Return the command of a stored answer, if the presser may use it."""
    command = registry().asked(answer.command)
    if command is None or command.writes:
        raise Refused(_("This answer cannot be shown again. Please ask again."))
    demand(tx, request, command.right)
    return command


def unfold(args: AgainArgs | ExportArgs, request: Request, tx: Tx) -> tuple[Command, Any, Request]:
    """Return the command behind a button, to run as of its original time with the presser's rights."""
    answer = kept(args.key, request, tx)
    command = asked(answer, request, tx)
    return command, check(command, answer.arguments), replace(request, as_of=answer.as_of)


def again(args: AgainArgs, request: Request, tx: Tx) -> Reply:
    """Return another page of an answer."""
    command, arguments, earlier = unfold(args, request, tx)
    return command.run(arguments, earlier, tx)


def export(args: ExportArgs, request: Request, tx: Tx) -> Reply:
    """Send the whole answer as a file, as of its original time, to the presser."""
    command, arguments, earlier = unfold(args, request, tx)
    if command.sheet is None:
        raise Refused(_("This answer cannot be exported."))
    if no := secrecy_words.no_files(request.policy.privacy):
        raise Refused(no)
    with unmasked():
        sheet = command.sheet(arguments, earlier, tx)
    said = ngettext("{n} row is in your direct messages with me.", "{n} rows are in your direct messages with me.", len(sheet.rows))
    noted = reads.exported(sheet, command.name, arguments.model_dump(mode="json", exclude_none=True), earlier)
    # the decision to send it is made with its record (commands/delivery/quota.py)
    dated = f"{sheet.name} {(earlier.as_of or request.at).astimezone(request.person.reader.tzinfo):%Y-%m-%d}"
    return Reply(str(said), sheet=replace(sheet, name=dated, stamp=_stamp(command.name, request)), noted=[noted])


def _stamp(command: str, request: Request) -> str:
    """Return the file's stamp: person, time and command."""
    taken = _("Exported from Riskbot by {person} ({id}) at {at}: /risk {command}")
    return str(taken.format(person=request.person.name, id=request.user, at=request.at.isoformat(timespec="seconds"), command=command))


def share(args: ShareArgs, request: Request, tx: Tx) -> Reply:
    """Post an answer to the channel of its request."""
    answer = kept(args.key, request, tx)
    asked(answer, request, tx)
    if not request.channel:
        raise Refused(_("There is no channel here to share to."))
    facts = {"answer": answer.key, "command": answer.command, "arguments": dict(answer.arguments), "as_of": answer.as_of.isoformat()}
    shared = Draft(
        "shared",
        To(f"channel:{request.channel}", "shared by button"),
        # with these names and present rights, the sharer sees their own customers
        facts={**facts, "by": request.user, "names": list(request.person.names)},
        thread=f"answer {answer.key}",
        at=request.at,
        dedup=f"share {answer.key} {request.channel}",
    )
    if not tell(tx, shared, request.policy):
        return Reply(str(_("This answer was shared here before.")))
    happened = AnswerShared(
        subject=answer.key,
        actor=request.user,
        at=request.at,
        answer=answer.key,
        command=answer.command,
        arguments=answer.arguments,
        as_of=answer.as_of,
        channel=request.channel,
    )
    record(tx, happened, request.policy)
    if request.channel_trouble(request.channel):
        return Reply(str(_("It will be posted here. If I am not in this channel yet, invite me with /invite.")))
    return Reply(str(_("It is posted in this channel.")))


def render(facts: Mapping[str, Any], policy: Policy, tx: Tx) -> Message | None:
    """Return the shared answer, with person and date; None if they may not share it any more."""
    if (reply := once_more(facts, policy, tx, Right.SHARE)) is None:
        return None
    by = blocks.paragraph(
        *blocks.around(_("Shared by {who}"), who=blocks.person(facts["by"])), f" · {words.moment(datetime.fromisoformat(facts['as_of']))}"
    )
    return Message(reply.text, [*blocks.fit(reply.blocks, most=48), by])


def once_more(facts: Mapping[str, Any], policy: Policy, tx: Tx, *rights: Right) -> Reply | None:
    """Return an answer as of its original time with the presser's present sight; None without the right."""
    command = registry().asked(facts["command"])
    if command is None or command.writes:
        return None
    at = datetime.fromisoformat(facts["as_of"])
    by_whom = Person(facts["by"], "", reader(), tuple(facts.get("names", ())))
    authority = authority_of(tx, by_whom.id, policy)
    if not {*rights, command.right} <= authority.rights:
        return None
    # a repeated answer neither admits anybody nor names a channel
    request = Request(
        by_whom,
        at,
        policy,
        key="",
        authority=authority,
        as_of=at,
        channel_trouble=lambda name: _("Channels are not looked up when an answer is shown again."),
        welcome=lambda who: False,
        confirmed=lambda who: None,
    )
    try:
        reply: Reply = command.run(check(command, facts["arguments"]), request, replace(tx, sight=sight_of(by_whom.id, authority, policy)))
    except Refused:
        # they no longer see the customers that they saw when pressing
        return None
    return reply


ACTIONS = [
    Command(
        "reply.share",
        ShareArgs,
        share,
        right=Right.SHARE,
        summary=_("Share this answer to the channel"),
        writes=True,
        shares=lambda args: str(args.key),
        classification=Secrecy.CONFIDENTIAL,
    ),
    Command(
        "reply.again",
        AgainArgs,
        again,
        right=Right.OPEN,
        summary=_("Another page of this answer"),
        classification=Secrecy.CONFIDENTIAL,
        stands_for=unfold,
        replaces=True,
    ),
    Command(
        "reply.export",
        ExportArgs,
        export,
        right=Right.EXPORT,
        summary=_("The whole answer as a spreadsheet"),
        classification=Secrecy.CONFIDENTIAL,
    ),
]
NOTICES = [Notice("shared", (), lambda event, policy, tx: (), render, classification=Secrecy.CONFIDENTIAL)]
