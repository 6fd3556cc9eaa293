"""/risk close, reopen and retain: the ends of a risk, and its return."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from pydantic import Field

from commands.delivery import record
from commands.kit import blocks
from commands.kit.access import masking
from commands.kit.contract import Args, Command, Reply, Request
from commands.kit.i18n import Text, _
from commands.kit.input.fields import Ask, Day
from commands.kit.undoing import UndoArgs, offer, taken_back
from commands.register.entries import existing_risk, in_a_line, stand
from commands.register.respond import propose
from commands.register.risk_card import answering, risk_card
from risk_engine.audit.secrecy import Secrecy
from risk_engine.people.roles import Right
from risk_engine.references import RiskId
from risk_engine.register import register
from risk_engine.register.acts import Act, allowed
from risk_engine.register.register import ACTS, Risk
from risk_engine.register.response import Strategy
from storage.customers import customers
from storage.database import Tx
from storage.register import responses, risks


class ReasonArgs(Args):
    risk: Annotated[RiskId, Ask(_("Risk"), options="risk")]
    reason: Annotated[str, Field(min_length=5, max_length=1000), Ask(_("Reason"), multiline=True, rest=True)]


class RetainArgs(Args):
    risk: Annotated[RiskId, Ask(_("Risk"), options="risk")]
    until: Annotated[Day, Ask(_("Until"), hint=_("Then it returns to review by itself"))]
    reason: Annotated[str, Field(min_length=10, max_length=1000), Ask(_("Reason"), multiline=True, rest=True)]


def ready_for(act: Act) -> Callable[[Mapping[str, Any], Request, Tx], str | None]:
    """Return the check of a form: the risk in a line, refused at once where its state does not allow the act."""

    def ready(values: Mapping[str, Any], request: Request, tx: Tx) -> str | None:
        if "risk" not in values:
            return None
        risk = existing_risk(RiskId.parse(values["risk"]), tx)
        allowed(risk, act, ACTS)
        return in_a_line(risk, tx)

    return ready


def close(args: ReasonArgs, request: Request, tx: Tx) -> Reply:
    risk = existing_risk(args.risk, tx)
    unfinished = responses.unfinished(tx, risk.id)
    closed, happened = register.close(risk, reason=args.reason, unfinished=unfinished, by=request.user, at=request.at)
    risks.save(tx, closed)
    record(tx, happened, request.policy, request_key=request.key)
    undo = offer("risk.unclose", request, tx, risk=int(risk.id), version=risk.version + 1)
    return _told(_("{risk} is closed: {customer}."), closed, request, tx, undo)


def unclose(args: UndoArgs, request: Request, tx: Tx) -> Reply:
    """Undo a closing within a minute."""
    risk = existing_risk(RiskId(taken_back("risk.unclose", args, request, tx)["risk"]), tx)
    reopened, happened = register.reopen(risk, reason=str(_("closed by mistake")), today=request.today, by=request.user, at=request.at)
    risks.save(tx, stand(tx, reopened, request.policy, request.today))
    record(tx, happened, request.policy, request_key=request.key)
    gist = _("{risk} is open again. The trail keeps both entries.").format(risk=risk.id)
    return Reply(blocks.marked(gist), [blocks.paragraph(gist)], replaces=True)


def reopen(args: ReasonArgs, request: Request, tx: Tx) -> Reply:
    risk = existing_risk(args.risk, tx)
    opened, happened = register.reopen(risk, reason=args.reason, today=request.today, by=request.user, at=request.at)
    risks.save(tx, stand(tx, opened, request.policy, request.today))
    record(tx, happened, request.policy, request_key=request.key)
    return _told(_("{risk} is open again, and up for review: {customer}."), opened, request, tx)


def retain(args: RetainArgs, request: Request, tx: Tx) -> Reply:
    risk = existing_risk(args.risk, tx)
    allowed(risk, Act.RETAIN, ACTS)
    return propose(risk, Strategy.RETAIN, args.reason, args.until, None, request, tx)


def _told(sentence: Text, risk: Risk, request: Request, tx: Tx, *more: Any) -> Reply:
    who = customers.get(tx, risk.customer)
    assert who is not None, "a risk that is seen belongs to a customer that is seen"
    now = existing_risk(risk.id, tx)
    gist = sentence.format(risk=risk.id, customer=masking.called(who))
    return Reply(blocks.marked(gist), [blocks.paragraph(gist), *risk_card(now, who, request.policy, tx), *answering(now, *more)])


def _command(name: str, run: Any, act: Act, args: type[Args], **about: Any) -> Command:
    return Command(name, args, run, right=Right.WRITE, writes=True, ready=ready_for(act), classification=Secrecy.CONFIDENTIAL, **about)


_CLOSE: dict[str, Any] = {"run": close, "act": Act.CLOSE, "args": ReasonArgs, "title": _("Close a risk"), "submit": _("Close it")}
_REOPEN: dict[str, Any] = {"run": reopen, "act": Act.REOPEN, "args": ReasonArgs, "title": _("Reopen a risk"), "submit": _("Reopen")}
_RETAIN: dict[str, Any] = {"run": retain, "act": Act.RETAIN, "args": RetainArgs, "title": _("Retain a risk"), "submit": _("Propose")}
COMMAND = [
    _command("close", summary=_("Close a risk that is over"), examples=['close R-1 "the loan was repaid"'], order=27, **_CLOSE),
    _command("reopen", summary=_("Open a closed risk again"), examples=['reopen R-1 "the buyer has left after all"'], order=28, **_REOPEN),
    _command(
        "retain",
        summary=_("Keep a risk until a day, knowingly; somebody else approves it"),
        examples=['retain R-1 until=2027-06-30 "the margin pays for it"'],
        order=26,
        **_RETAIN,
    ),
]
ACTIONS = [
    _command("risk.close", summary=_("Close this risk"), **_CLOSE),
    _command("risk.reopen", summary=_("Open this risk again"), **_REOPEN),
    _command("risk.retain", summary=_("Keep this risk until a day"), **_RETAIN),
    Command(
        "risk.unclose",
        UndoArgs,
        unclose,
        right=Right.WRITE,
        summary=_("Open a risk again that was just closed"),
        writes=True,
        classification=Secrecy.CONFIDENTIAL,
    ),
]
