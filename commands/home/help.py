"""/risk help [SUB], and the answer to a message or a mention."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from commands.kit import blocks
from commands.kit.access.authority import authority_of, may, refusal
from commands.kit.contract import Args, Authority, Blocks, Command, Message, Notice, Reply, Request
from commands.kit.i18n import _, labelled, ngettext, noted, sentences
from commands.kit.input.fields import Argument, Ask, arguments
from commands.kit.input.mistyped import unknown_word
from commands.kit.registry import registry
from commands.kit.wording import role_words
from risk_engine.audit.secrecy import Secrecy
from risk_engine.people.roles import Right
from risk_engine.policy.policy import Policy
from storage.database import Tx

_TO_TRY = ("list", "log", "digest now")


class HelpArgs(Args):
    sub: Annotated[str | None, Field(max_length=40), Ask(_("Command"), rest=True)] = None


def help_(args: HelpArgs, request: Request, tx: Tx) -> Reply:
    if args.sub is None:
        return Reply(str(_("Riskbot: what you can ask")), overview(request.authority))
    command = registry().commands.get(args.sub.lower())
    if command is None:
        raise unknown_word(registry(), args.sub)
    missing = [] if may(command, request) else [blocks.sentence(refusal(tx, command.right, request))]
    return Reply(str(command.summary), [*detail(command), *missing])


def overview(authority: Authority) -> Blocks:
    """Return every command open to somebody, on one screen, with lines to try."""
    known = [command for command in registry().commands.values() if command.name != "help" and " " not in command.name]
    open_to = [command for command in known if command.right in authority.rights]
    lines = [[blocks.code(f"/risk {command.name}"), f"  {command.summary}"] for command in open_to]
    names = {command.name for command in open_to}
    lines_to_try = [line for line in _TO_TRY if line.split()[0] in names]
    tried = [piece for line in lines_to_try for piece in ("  ", blocks.code(f"/risk {line}"))]
    body = [blocks.header(_("What you can ask")), blocks.bullets(lines)]
    if tried:
        body.append(blocks.paragraph(blocks.bold(_("Try")), *tried))
    if len(open_to) < len(known):
        hidden = ngettext("{n} command needs another role.", "{n} commands need other roles.", len(known) - len(open_to))
        rights = _("lists your rights and whom to ask.")
        roles = _("Your roles: {roles}.").format(roles=role_words.roles(authority.roles))
        body.append(blocks.paragraph(f"🔒 {sentences(roles, hidden)} ", blocks.code("/risk people"), "  ", rights))
    return [
        *body,
        blocks.note(_("/risk help log explains one command. If you leave something out, a form asks for it. Only you see the answers.")),
    ]


def detail(command: Command) -> Blocks:
    """Return one command: purpose, arguments, examples."""
    taken = [argument for argument in arguments(command.args) if not argument.ask.hidden]
    body: Blocks = [blocks.header(usage(command)), blocks.paragraph(command.summary)]
    if taken:
        body.append(blocks.bullets([_argument(argument) for argument in taken]))
    if command.examples:
        examples = "\n".join(f"/risk {example}" for example in command.examples)
        body += [blocks.paragraph(blocks.bold(_("Examples"))), blocks.preformatted(examples)]
    return body


def usage(command: Command) -> str:
    """Return ``/risk show CUSTOMER``; optional arguments are in brackets."""
    taken = [argument for argument in arguments(command.args) if not argument.ask.hidden]
    return " ".join(["/risk", command.name, *(_placeholder(argument) for argument in taken)])


def _placeholder(argument: Argument) -> str:
    shown = f"{argument.ask.letter}1…{argument.ask.letter}5" if argument.ask.letter else argument.name.upper()
    return shown if argument.required else f"[{argument.name}=…]"


def _argument(argument: Argument) -> list[Any]:
    optional = _("may be left out")
    label = f"{argument.ask.label} {argument.ask.letter}1…{argument.ask.letter}5" if argument.ask.letter else argument.ask.label
    accepted = argument.accepted if argument.required else noted(argument.accepted, optional)
    return [blocks.code(argument.name), f"  {labelled(label, accepted)}"]


def render(facts: Mapping[str, Any], policy: Policy, tx: Tx) -> Message | None:
    """Return help as a message for somebody who wrote to the bot."""
    authority = authority_of(tx, facts["reader"], policy)
    return Message(str(_("I answer to /risk. This is what you can ask.")), overview(authority))


COMMAND = Command(
    "help",
    HelpArgs,
    help_,
    right=Right.OPEN,
    summary=_("All commands, or one command in detail"),
    examples=["help", "help log"],
    order=90,
    classification=Secrecy.PUBLIC,
)
NOTICES = [Notice("help", (), lambda event, policy, tx: (), render, classification=Secrecy.PUBLIC)]
