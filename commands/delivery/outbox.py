"""/risk outbox: undelivered messages, with reasons and next attempts; requeued on request."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from pydantic import Field

from commands.delivery import outbox_words
from commands.delivery.recording import record
from commands.delivery.slack_answers import is_code
from commands.kit import blocks, tables
from commands.kit.contract import Args, Blocks, Command, Refused, Reply, Request
from commands.kit.i18n import Text, _, listed, ngettext, pgettext
from commands.kit.input.fields import Ask, Page
from commands.kit.paging import no_page, turns
from commands.kit.wording import words
from risk_engine.audit.secrecy import Secrecy
from risk_engine.people.roles import Right
from risk_engine.policy.policy import Policy
from risk_engine.references import LARGEST
from storage.database import Tx
from storage.delivery import inbox, outbox
from storage.delivery.deliveries import DeliveryState
from storage.delivery.inbox import Failed
from storage.delivery.outbox import Cause, Unsent
from storage.delivery.outbox_events import OutboxRequeued

PAGE = 15
# causes with a button of their own, and failed requests that are listed
BUTTONS, FAILURES = 4, 10
ALL = "all"
What = Annotated[str, Field(min_length=1, max_length=500)]


class OutboxArgs(Args):
    page: Page = 1


class RequeueArgs(Args):
    what: Annotated[What, Ask(_("Which"), hint=_("A message number, a cause from the list, or “all”"), rest=True)]


class AgainArgs(Args):
    what: Annotated[What, Ask(_("Which"), hidden=True)]


# --- the list ----------------------------------------------------------------------------------------------------------


def show(args: OutboxArgs, request: Request, tx: Tx) -> Reply:
    """Return dead and pending messages, dead ones first, followed by failed requests."""
    count, unsent = outbox.page(tx, limit=PAGE, offset=PAGE * (args.page - 1))
    pages = max(1, -(-count // PAGE))
    if args.page > pages:
        raise Refused(no_page(args.page, pages), field="page")
    dead = [cause for cause in outbox.causes(tx, before=request.at) if cause.dead]
    heading = _heading(sum(cause.count for cause in dead), count)
    body: Blocks = [blocks.header(heading)]
    if dead:
        body.append(blocks.bullets([outbox_words.cause(cause, request.policy) for cause in dead]))
    if unsent:
        body.append(_table(unsent, request))
    body += _ways_on(dead)
    body += _failures(inbox.failed(tx))
    return Reply(blocks.marked(heading), body, pages=turns(args, pages))


def _heading(dead: int, count: int) -> Text | str:
    if not count:
        return _("Nothing is waiting: all messages were delivered")
    waiting = ngettext("{n} message waits", "{n} messages wait", count - dead)
    if not dead:
        return waiting
    given_up = ngettext("{n} message undelivered", "{n} messages undelivered", dead)
    return f"{given_up} · {waiting}" if count > dead else given_up


def _table(unsent: Sequence[Unsent], request: Request) -> dict[str, object]:
    headings = (_("No."), pgettext("messages", "For"), _("Since"), _("Next try"), _("Why"))
    rows = [
        (
            tables.figure(one.number, one.number),
            outbox_words.place_in_table(one.audience, request.policy, request.name_of),
            tables.figure(words.ago(one.since, request.at), one.since.timestamp()),
            _next(one),
            str(outbox_words.reason(one.error)),
        )
        for one in unsent
    ]
    return tables.table(headings, rows, caption=_("Messages that are not delivered"))


def _next(one: Unsent) -> str:
    if one.next_at is None:
        return str(_("undelivered"))
    return str(_("when the policy allows it")) if one.held else words.hour(one.next_at)


def _ways_on(dead: Sequence[Cause]) -> Blocks:
    if not dead:
        return []
    errors = list(dict.fromkeys(cause.error for cause in dead))
    each = [blocks.button("outbox.again", _label(error), error) for error in errors if 0 < len(error) <= 500][:BUTTONS]
    everything = blocks.button("outbox.again", _("Send all again"), ALL, style="primary")
    return [
        blocks.buttons(everything, *(each if len(errors) > 1 else [])),
        blocks.note(
            _(
                "Or type: /risk outbox requeue 17 (or a cause, or all). Messages that may have arrived are "
                "looked up first, so nothing is sent twice."
            )
        ),
    ]


def _label(error: str) -> Text:
    return _("Send again: {cause}").format(cause=error if is_code(error) else blocks.cut(error, 40))


def _failures(failed: Sequence[Failed]) -> Blocks:
    """Return requests given up because of internal faults, which changed nothing and were reported to the asker."""
    if not failed:
        return []
    lines = [
        [
            f"{words.moment(one.at)}  ",
            blocks.code(one.command),
            " · ",
            blocks.person(one.person),
            " · ",
            _("reference {mark}").format(mark=one.mark),
        ]
        for one in failed[:FAILURES]
    ]
    heading = ngettext("{n} request failed; the requester was told", "{n} requests failed; the requesters were told", len(failed))
    return [blocks.paragraph(blocks.bold(heading)), blocks.bullets(lines)]


# --- requeued -----------------------------------------------------------------------------------------------------------


def requeue(args: RequeueArgs, request: Request, tx: Tx) -> Reply:
    """Requeue one message, those of a cause, or all dead ones."""
    count = len(requeued(args.what.strip(), request.user, request.policy, tx, at=request.at, request_key=request.key))
    gist = ngettext("{n} message will be sent again", "{n} messages will be sent again", count)
    return Reply(blocks.marked(gist))


def requeued(what: str, by: str, policy: Policy, tx: Tx, *, at: datetime, request_key: str | None = None) -> list[int]:
    """Requeue messages and record it; return their numbers.

    Raises:
        Refused: no such message is waiting; the sentence lists the existing causes.
    """
    if what.isdecimal() and what.isascii():
        # a number beyond the range of ids matches nothing, on either database
        number = min(int(what[:18]), LARGEST)
        found = outbox.requeue(tx, now=at, number=number)
        if not found:
            raise Refused(_why_not(number, outbox.exists(tx, number)), field="what")
    else:
        found = outbox.requeue(tx, now=at, error=None if what.lower() == ALL else what)
        if not found:
            raise Refused(_nothing_of(what, outbox.causes(tx, before=at)), field="what")
    numbers = [number for number, _audience, _error in found]
    causes = sorted({error for _number, _audience, error in found if error})
    happened = OutboxRequeued(subject="outbox", actor=by, at=at, count=len(found), cause=causes[:10], numbers=numbers[:100])
    record(tx, happened, policy, request_key=request_key)
    return numbers


def _why_not(number: int, state: str | None) -> Text:
    if state is None:
        return _("There is no message {number} in the outbox: `/risk outbox` lists them.").format(number=number)
    if state == DeliveryState.SENT.value:
        return _("Message {number} was delivered.").format(number=number)
    return _("Message {number} is being sent or its delivery is uncertain: I check and retry automatically.").format(number=number)


def _nothing_of(what: str, causes: Sequence[Cause]) -> Text:
    known = sorted({cause.error for cause in causes if cause.dead and is_code(cause.error)})
    if what.lower() == ALL or not known:
        return _("No undelivered message matches “{what}”. `/risk outbox` lists them.").format(what=blocks.cut(what, 60))
    return _("No undelivered message matches “{what}”: expected a number, “all”, or one of {known}.").format(
        what=blocks.cut(what, 60), known=listed(known)
    )


def again(args: AgainArgs, request: Request, tx: Tx) -> Reply:
    return requeue(RequeueArgs(what=args.what), request, tx)


COMMAND = [
    Command(
        "outbox",
        OutboxArgs,
        show,
        right=Right.ADMINISTER,
        summary=_("Undelivered messages and the reasons"),
        examples=["outbox"],
        order=82,
        classification=Secrecy.RESTRICTED,
    ),
    Command(
        "outbox requeue",
        RequeueArgs,
        requeue,
        right=Right.ADMINISTER,
        summary=_("Send undelivered messages again"),
        examples=["outbox requeue 17", "outbox requeue msg_too_long", "outbox requeue all"],
        writes=True,
        title=_("Send again"),
        submit=_("Send again"),
        order=83,
        classification=Secrecy.RESTRICTED,
    ),
]
ACTIONS = [
    Command(
        "outbox.again",
        AgainArgs,
        again,
        right=Right.ADMINISTER,
        summary=_("Send undelivered messages again"),
        writes=True,
        classification=Secrecy.RESTRICTED,
    )
]
