"""/risk approvals: pending ones, one's own, decided ones, and one in full; conditions have a module of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from commands.approvals.approval_conditions import list_conditions
from commands.approvals.approval_desk import approval_entry, buttons, sorted_waiting
from commands.approvals.cards import approval_words
from commands.approvals.cards.approval_cards import card, gist
from commands.approvals.subjects import subject_line
from commands.kit import blocks
from commands.kit.contract import Args, Blocks, Card, Command, Refused, Reply, Request
from commands.kit.i18n import Text, _, labelled, listed, ngettext
from commands.kit.input.fields import Ask, Page
from commands.kit.input.mistyped import nearest
from commands.kit.paging import no_page, turns
from risk_engine.approvals.approval import Approval
from risk_engine.audit.secrecy import Secrecy
from risk_engine.people.roles import Right
from risk_engine.references import ApprovalId, ExportId, OverrideId, PolicyChangeId, Reference
from storage.approvals import approvals
from storage.database import Tx

SHOWN = 8
WORDS = ("mine", "decided", "conditions")


class ApprovalsArgs(Args):
    which: Annotated[
        str | None,
        BeforeValidator(lambda value: value.strip().lower() if isinstance(value, str) else value),
        Field(max_length=40),
        Ask(_("Which"), hint=_("mine, decided, conditions, or an id like A-3")),
    ] = None
    page: Page = 1


def show(args: ApprovalsArgs, request: Request, tx: Tx) -> Reply:
    lists: dict[str, Callable[[ApprovalsArgs, Request, Tx], Reply]] = {
        "mine": list_mine,
        "decided": list_decided,
        "conditions": list_conditions,
    }
    if args.which is None:
        return list_waiting(args, request, tx)
    if args.which in lists:
        return lists[args.which](args, request, tx)
    return in_full(_meant(args.which), request, tx)


def _meant(which: str) -> ApprovalId:
    try:
        return ApprovalId.parse(which)
    except ValueError as error:
        sentence = _("Unknown option “{word}”. Try {words}, or an id like A-3.").format(word=which, words=listed(WORDS))
        if near := nearest(which, WORDS):
            sentence = _("{sentence} Did you mean `/risk approvals {near}`?").format(sentence=sentence, near=near)
        raise Refused(sentence, field="which") from error


def in_full(id: ApprovalId, request: Request, tx: Tx) -> Reply:
    """Return one approval in full, with the actions open to this person."""
    asked = approvals.get(tx, id)
    if asked is None:
        raise Refused(_("There is no {approval}. `/risk approvals` lists what waits.").format(approval=id), field="which")
    body = card(asked, request.policy, tx, today=request.today, now=request.at)
    if asked.verdict is None:
        body += buttons(asked, request, tx)
        if asked.is_over(request.at):
            body.append(blocks.note(_("It has expired and can no longer be decided.")))
    if len(asked.votes) > 1:
        said = [approval_words.voice(vote, why=True) for vote in asked.votes]
        body += [blocks.paragraph(blocks.bold(_("Votes"))), blocks.bullets(said)]
    return Reply(gist(asked, tx), body)


def of_subject(id: Reference, request: Request, tx: Tx) -> Reply:
    """Return the approval about something that has no card of its own, such as an override or a change of the policy."""
    asked = approvals.of_subject(tx, id)
    if asked is None:
        raise Refused(_("There is no {id}. `/risk approvals decided` lists what was decided.").format(id=id), field="customer")
    return in_full(asked.id, request, tx)


# --- pending --------------------------------------------------------------------------------------------------------


def list_waiting(args: ApprovalsArgs, request: Request, tx: Tx) -> Reply:
    count, decidable, mine, rest = sorted_waiting(request, tx)
    if not count:
        return Reply(str(_("No approval is pending. `/risk respond R-17` requests one.")))
    heading = ngettext("{n} approval pending", "{n} approvals pending", count)
    yours = ngettext("{n} for you", "{n} for you", len(decidable))
    titles = {
        id(decidable): _("Awaiting your decision"),
        id(mine): _("Your requests awaiting others"),
        id(rest): _("Awaiting others"),
    }
    everything = [(part, one) for part in (decidable, mine, rest) for one in part]
    return _listed(args, heading.format(), everything, titles, request, tx, yours=yours if decidable and len(decidable) < count else None)


def _listed(
    args: ApprovalsArgs,
    heading: Text,
    everything: Sequence[tuple[list[Approval], Approval]],
    titles: dict[int, Text],
    request: Request,
    tx: Tx,
    *,
    yours: Text | None = None,
) -> Reply:
    pages = max(1, -(-len(everything) // SHOWN))
    page = everything[(args.page - 1) * SHOWN : args.page * SHOWN]
    if not page:
        raise Refused(no_page(args.page, pages), field="page")
    body: Blocks = [blocks.header(f"{heading} · {yours}" if yours else heading)]
    last: list[Approval] | None = None
    for part, one in page:
        if part is not last and len(titles) > 1:
            body.append(blocks.paragraph(blocks.bold(titles[id(part)])))
        last = part
        body += approval_entry(one, request, tx)
    if pages > 1:
        body.append(blocks.note(_("Page {page} of {pages}").format(page=args.page, pages=pages)))
    named = listed(str(one.id) for _part, one in page)
    return Reply(labelled(heading, named), body, pages=turns(args, pages))


# --- one's own, and closed -------------------------------------------------------------------------------------------


def list_mine(args: ApprovalsArgs, request: Request, tx: Tx) -> Reply:
    """List this person's pending requests."""
    _count, _decidable, mine, _rest = sorted_waiting(request, tx)
    if not mine:
        return Reply(str(_("None of your requests is pending. `/risk approvals decided` shows decided ones.")))
    heading = ngettext("{n} request of yours pending", "{n} requests of yours pending", len(mine))
    return _listed(args, heading, [(mine, one) for one in mine], {}, request, tx)


def list_decided(args: ApprovalsArgs, request: Request, tx: Tx) -> Reply:
    """List closed approvals, newest first."""
    count, found = approvals.decided(tx, limit=SHOWN, offset=(args.page - 1) * SHOWN)
    if not count:
        return Reply(str(_("No decisions yet.")))
    if not found:
        raise Refused(no_page(args.page, -(-count // SHOWN)), field="page")
    heading = ngettext("{n} approval has ended", "{n} approvals have ended", count)
    lines = [_ended(one, tx) for one in found]
    pages = -(-count // SHOWN)
    more = [blocks.note(_("Page {page} of {pages}").format(page=args.page, pages=pages))] if pages > 1 else []
    note = [*more, blocks.note(_("/risk approvals A-3 shows one in full."))]
    body = [blocks.header(heading), blocks.bullets(lines), *note]
    return Reply(labelled(heading, listed(one.id for one in found)), body, pages=turns(args, pages))


def _ended(asked: Approval, tx: Tx) -> list[Any]:
    assert asked.verdict is not None, "it has ended"
    open_ = sum(one.open for one in asked.conditions)
    conditions = [" · ", ngettext("{n} condition open", "{n} conditions open", open_)] if open_ else []
    reason = [f" “{blocks.cut(blocks.quoted(asked.reason), 120)}”"] if asked.reason else []
    sign = f"{approval_words.SIGNS[asked.verdict]} "
    return [sign, *subject_line(tx, asked), "\n", *approval_words.ended_by(asked), *conditions, *reason]


COMMAND = Command(
    "approvals",
    ApprovalsArgs,
    show,
    right=Right.READ,
    summary=_("Pending and decided approvals, and open conditions"),
    examples=["approvals", "approvals A-3", "approvals mine", "approvals decided", "approvals conditions"],
    order=22,
    classification=Secrecy.CONFIDENTIAL,
)
CARDS = [Card(ApprovalId, in_full), *(Card(kind, of_subject) for kind in (OverrideId, PolicyChangeId, ExportId))]
