"""/risk progress, extend, done and cancel: a response between its approval and its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from commands.approvals import ask_for
from commands.delivery import record
from commands.kit import blocks
from commands.kit.access import masking
from commands.kit.contract import Args, Command, Options, Reply, Request
from commands.kit.i18n import Text, _, pgettext
from commands.kit.input.fields import AnyCase, Ask, Day
from commands.kit.undoing import UndoArgs, offer, taken_back
from commands.kit.wording import words
from commands.register.entries import existing_response
from commands.register.respond import Percent
from commands.register.response_card import response_card, steps_of
from risk_engine.approvals.proposal import ProposalState
from risk_engine.audit.secrecy import Secrecy
from risk_engine.people.roles import Right
from risk_engine.references import ResponseId
from risk_engine.register import control, register, response
from risk_engine.register.acts import Act, allowed
from risk_engine.register.control import ControlKind
from risk_engine.register.register import Risk
from risk_engine.register.response import ACTS, UNFINISHED, Response, Strategy
from storage.database import Tx
from storage.register import controls, responses, risks


class Outcome(StrEnum):
    """The result of a response: a lasting control, or a one-off measure whose effect is verified."""

    CONTROL = "control"
    ONE_OFF = "one_off"


class ProgressArgs(Args):
    response: Annotated[ResponseId, Ask(_("Response"), options="response")]
    percent: Annotated[Percent, Ask(_("Per cent done"))]
    note: Annotated[str | None, Field(max_length=1000), Ask(_("Note"), multiline=True, rest=True, asked=True)] = None


class ExtendArgs(Args):
    response: Annotated[ResponseId, Ask(_("Response"), options="response")]
    due: Annotated[Day, Ask(_("New due date"))]
    reason: Annotated[str, Field(min_length=5, max_length=1000), Ask(_("Reason"), multiline=True, rest=True)]


class DoneArgs(Args):
    response: Annotated[ResponseId, Ask(_("Response"), options="response")]
    result: Annotated[str, Field(min_length=5, max_length=1000), Ask(_("Result"), multiline=True, rest=True)]
    leaves: Annotated[
        Outcome, AnyCase, Ask(_("What it leaves"), hint=_("A control is tested from time to time, a one-off measure once"))
    ] = Outcome.ONE_OFF


class CancelArgs(Args):
    response: Annotated[ResponseId, Ask(_("Response"), options="response")]
    reason: Annotated[str, Field(min_length=5, max_length=1000), Ask(_("Reason"), multiline=True, rest=True)]


def ready_for(act: Act) -> Callable[[Mapping[str, Any], Request, Tx], str | None]:
    """Return the check of a form: the response in a line, refused at once where its state does not allow the act."""

    def ready(values: Mapping[str, Any], request: Request, tx: Tx) -> str | None:
        if "response" not in values:
            return None
        found, _risk = existing_response(ResponseId.parse(values["response"]), tx)
        allowed(found, act, ACTS)
        return f"{found.id} · {masking.prose(found.measure)}"

    return ready


def progress(args: ProgressArgs, request: Request, tx: Tx) -> Reply:
    found, risk = existing_response(args.response, tx)
    moved, happened = response.progress(found, percent=args.percent, note=args.note, customer=risk.customer, by=request.user, at=request.at)
    responses.save(tx, moved)
    record(tx, happened, request.policy, request_key=request.key)
    undo = offer("response.unprogress", request, tx, response=int(found.id), percent=found.progress)
    return _told(_("{response} is {percent} done."), moved, request, tx, undo, percent=words.part(args.percent / 100))


def unprogress(args: UndoArgs, request: Request, tx: Tx) -> Reply:
    """Undo a report of progress within a minute: the earlier figure stands again."""
    kept = taken_back("response.unprogress", args, request, tx)
    found, risk = existing_response(ResponseId(kept["response"]), tx)
    moved, happened = response.progress(
        found, percent=kept["percent"], note=str(_("reported by mistake")), customer=risk.customer, by=request.user, at=request.at
    )
    responses.save(tx, moved)
    record(tx, happened, request.policy, request_key=request.key)
    gist = _("{response} is {percent} done, as before.").format(response=found.id, percent=words.part(moved.progress / 100))
    return Reply(blocks.marked(gist), [blocks.paragraph(gist)], replaces=True)


def extend(args: ExtendArgs, request: Request, tx: Tx) -> Reply:
    found, risk = existing_response(args.response, tx)
    moved, happened = response.extend(
        found, due=args.due, reason=args.reason, customer=risk.customer, by=request.user, at=request.at, today=request.today
    )
    responses.save(tx, moved)
    record(tx, happened, request.policy, request_key=request.key)
    if moved.state is not ProposalState.PROPOSED:
        return _told(_("{response} is due {due}."), moved, request, tx, due=words.day(args.due))
    asked = ask_for(found.id, risk.customer, found.measure, request, tx)
    sentence = _("{response} was overdue: the new date, {due}, is with the approvers as {approval}.")
    return _told(sentence, moved, request, tx, due=words.day(args.due), approval=asked.id)


def done(args: DoneArgs, request: Request, tx: Tx) -> Reply:
    found, risk = existing_response(args.response, tx)
    finished, happened = response.finish(found, result=args.result, customer=risk.customer, by=request.user, at=request.at)
    responses.save(tx, finished)
    record(tx, happened, request.policy, request_key=request.key)
    if found.strategy is Strategy.RETAIN:
        return _told(_("{response} is done."), finished, request, tx)
    made = _control(finished, risk, args.leaves, request, tx)
    if args.leaves is Outcome.CONTROL:
        sentence = _("{response} is done. {control} stands for it: somebody other than its owner tests it by {day}.")
    else:
        sentence = _("{response} is done. Somebody other than its owner verifies its effect with {control} by {day}.")
    assert made.next_test is not None, "a new control waits for a test"
    return _told(sentence, finished, request, tx, control=made.id, day=words.day(made.next_test))


def _control(finished: Response, risk: Risk, leaves: Outcome, request: Request, tx: Tx) -> control.Control:
    """Enter the measure that a response leaves, with the effects that were expected of it."""
    made, happened = control.design(
        controls.next_id(tx),
        customer=risk.customer,
        risks=[int(risk.id)],
        title=finished.measure,
        owner=finished.owner,
        effects=finished.effects,
        rules=request.policy.risks.controls,
        by=request.user,
        at=request.at,
        today=request.today,
        kind=ControlKind(leaves.value),
        response=int(finished.id),
        department=finished.department or risk.department,
    )
    controls.add(tx, made)
    record(tx, happened, request.policy, request_key=request.key)
    return made


def cancel(args: CancelArgs, request: Request, tx: Tx) -> Reply:
    found, risk = existing_response(args.response, tx)
    ended, happened = response.cancel(found, reason=args.reason, customer=risk.customer, by=request.user, at=request.at)
    responses.save(tx, ended)
    if not any(one.state in UNFINISHED or one.state is ProposalState.DONE for one in responses.of_risks(tx, [risk.id])):
        risks.save(tx, register.rest(risk, by=request.user, at=request.at))
    record(tx, happened, request.policy, request_key=request.key)
    return _told(_("{response} is cancelled."), ended, request, tx)


def _told(sentence: Text, about: Response, request: Request, tx: Tx, *more: Any, **facts: Any) -> Reply:
    now, risk = existing_response(about.id, tx)
    gist = sentence.format(response=about.id, **facts)
    return Reply(blocks.marked(gist), [blocks.paragraph(gist), *response_card(now, risk, request, tx), *steps_of(now, *more)])


def response_options(text: str, request: Request, tx: Tx) -> list[tuple[str, str]]:
    """Return responses under way for a searching select."""
    found = responses.under_way_titles(tx, text.strip(), limit=50)
    return [(f"{id} {masking.prose(measure)}", str(int(id))) for id, measure in found]


def _command(name: str, run: Any, act: Act, args: type[Args], **about: Any) -> Command:
    return Command(name, args, run, right=Right.WRITE, writes=True, ready=ready_for(act), classification=Secrecy.CONFIDENTIAL, **about)


_PROGRESS: dict[str, Any] = {
    "run": progress,
    "act": Act.PROGRESS,
    "args": ProgressArgs,
    "title": _("Report progress"),
    "submit": pgettext("button", "Report"),
}
_EXTEND: dict[str, Any] = {"run": extend, "act": Act.EXTEND, "args": ExtendArgs, "title": _("Extend a response"), "submit": _("Extend")}
_DONE: dict[str, Any] = {"run": done, "act": Act.DONE, "args": DoneArgs, "title": _("Finish a response"), "submit": _("Done")}
_CANCEL: dict[str, Any] = {"run": cancel, "act": Act.CANCEL, "args": CancelArgs, "title": _("Cancel a response"), "submit": _("Cancel it")}
COMMAND = [
    _command("progress", summary=_("Report how far a response is"), examples=['progress T-1 60 "deed signed"'], order=23, **_PROGRESS),
    _command("done", summary=_("Report a response as carried out"), examples=['done T-1 "the mortgage is registered"'], order=24, **_DONE),
    _command(
        "extend", summary=_("Give a response a later due date"), examples=['extend T-1 2027-03-31 "the notary is ill"'], order=25, **_EXTEND
    ),
    _command("cancel", summary=_("Give up an approved response"), examples=['cancel T-1 "the loan was repaid"'], order=25, **_CANCEL),
]
ACTIONS = [
    _command("response.progress", summary=_("Report how far this response is"), **_PROGRESS),
    _command("response.done", summary=_("Report this response as carried out"), **_DONE),
    _command("response.extend", summary=_("Give this response a later due date"), **_EXTEND),
    _command("response.cancel", summary=_("Give up this response"), **_CANCEL),
    Command(
        "response.unprogress",
        UndoArgs,
        unprogress,
        right=Right.WRITE,
        summary=_("Take back a report of progress"),
        writes=True,
        classification=Secrecy.CONFIDENTIAL,
    ),
]
OPTIONS = [Options("response", response_options, lambda text, request, tx: next(iter(response_options(text, request, tx)), None))]
