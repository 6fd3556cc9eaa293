"""/risk control, operate, test and retire: measures in operation, and the proof that they work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from commands.delivery import record
from commands.kit import blocks
from commands.kit.access import masking
from commands.kit.contract import Args, Command, Options, Reply, Request
from commands.kit.i18n import Text, _, listed
from commands.kit.input.fields import AnyCase, Ask, Someone
from commands.kit.wording import words
from commands.register.control_card import control_card, steps_of
from commands.register.entries import existing_control, existing_risk, in_a_line, stand_anew
from commands.register.respond import Percent
from risk_engine.audit.secrecy import Secrecy
from risk_engine.people.roles import Right
from risk_engine.references import ControlId, RiskId
from risk_engine.register import control
from risk_engine.register.acts import Act, allowed
from risk_engine.register.control import ACTS, Aspect, Control, Effects
from risk_engine.register.register import Risk
from storage.database import Tx
from storage.register import controls
from storage.register.controls import Test


class Result(StrEnum):
    """The result of a test."""

    EFFECTIVE = "effective"
    INEFFECTIVE = "ineffective"


class ControlArgs(Args):
    risk: Annotated[RiskId, Ask(_("Risk"), options="risk")]
    title: Annotated[str, Field(min_length=5, max_length=300), Ask(_("Control"), hint=_("What is done, and how often"), rest=True)]
    on_likelihood: Annotated[Percent | None, Ask(_("Expected effect on likelihood, %"), asked=True)] = None
    on_severity: Annotated[Percent | None, Ask(_("Expected effect on severity, %"), asked=True)] = None
    on_scope: Annotated[Percent | None, Ask(_("Expected effect on scope, %"))] = None
    owner: Annotated[Someone | None, Ask(_("Owner"), hint=_("You, if left empty"), person=True)] = None


class OneArgs(Args):
    control: Annotated[ControlId, Ask(_("Control"), options="control")]


class TestArgs(OneArgs):
    __test__ = False

    result: Annotated[Result, AnyCase, Ask(_("Result"))]
    evidence: Annotated[str, Field(min_length=5, max_length=1000), Ask(_("Evidence"), hint=_("The test, and where it is filed"), rest=True)]
    of: Annotated[Aspect | None, AnyCase, Ask(_("Test of"), hint=_("The design first, unless it was found effective"))] = None


class RetireArgs(OneArgs):
    reason: Annotated[str, Field(min_length=5, max_length=1000), Ask(_("Reason"), multiline=True, rest=True)]


def about_risk(values: Mapping[str, Any], request: Request, tx: Tx) -> str | None:
    """Return the risk of the form in a line."""
    return in_a_line(existing_risk(RiskId.parse(values["risk"]), tx), tx) if "risk" in values else None


def ready_for(act: Act) -> Callable[[Mapping[str, Any], Request, Tx], str | None]:
    """Return the check of a form: the control in a line, refused at once where its state does not allow the act."""

    def ready(values: Mapping[str, Any], request: Request, tx: Tx) -> str | None:
        if "control" not in values:
            return None
        found = existing_control(ControlId.parse(values["control"]), tx)
        allowed(found, act, ACTS)
        return f"{found.id} · {masking.prose(found.title)}"

    return ready


def enter(args: ControlArgs, request: Request, tx: Tx) -> Reply:
    risk = existing_risk(args.risk, tx)
    shares = {axis: None if (share := getattr(args, f"on_{axis}")) is None else share / 100 for axis in ("likelihood", "severity", "scope")}
    made, happened = control.design(
        controls.next_id(tx),
        customer=risk.customer,
        risks=[int(risk.id)],
        title=args.title,
        owner=args.owner or request.user,
        effects=Effects(**shares),
        rules=request.policy.risks.controls,
        by=request.user,
        at=request.at,
        today=request.today,
        department=risk.department,
    )
    controls.add(tx, made)
    record(tx, happened, request.policy, request_key=request.key)
    assert made.next_test is not None, "a new control waits for a test"
    return _told(_("{control} is recorded; its design is tested by {day}."), made, request, tx, day=words.day(made.next_test))


def operate(args: OneArgs, request: Request, tx: Tx) -> Reply:
    found, happened = control.operate(existing_control(args.control, tx), by=request.user, at=request.at)
    controls.save(tx, found)
    record(tx, happened, request.policy, request_key=request.key)
    return _told(_("{control} is in operation."), found, request, tx)


def record_test(args: TestArgs, request: Request, tx: Tx) -> Reply:
    found = existing_control(args.control, tx)
    human = request.policy.people.human
    tested, happened = control.record_test(
        found,
        args.of or (Aspect.OPERATION if found.design and found.state is not control.ControlState.DESIGNED else Aspect.DESIGN),
        effective=args.result is Result.EFFECTIVE,
        evidence=args.evidence,
        by=request.user,
        at=request.at,
        today=request.today,
        owns=human(request.user) == human(found.owner),
    )
    controls.save(tx, tested)
    controls.add_test(tx, found.id, Test(Aspect(happened.of), happened.effective, args.evidence, request.user, request.at))
    moved = stand_anew(tx, found.risks, request.policy, request.today)
    record(tx, happened, request.policy, request_key=request.key)
    result = words.label(args.result)
    if not moved:
        return _told(_("{control} was tested {result} ({of})."), tested, request, tx, result=result, of=words.label(happened.of))
    changes = listed(
        f"{after.id} {words.level(before.standing.residual_level)} → {words.level(after.standing.residual_level)}"
        for before, after in moved
    )
    return _told(_("{control} was tested {result}: residual risk {changes}."), tested, request, tx, result=result, changes=changes)


def _move(before: Risk, after: Risk) -> str:
    return f"{after.id} {words.level(before.standing.residual_level)} → {words.level(after.standing.residual_level)}"


def retire(args: RetireArgs, request: Request, tx: Tx) -> Reply:
    found, happened = control.retire(existing_control(args.control, tx), reason=args.reason, by=request.user, at=request.at)
    controls.save(tx, found)
    stand_anew(tx, found.risks, request.policy, request.today)
    record(tx, happened, request.policy, request_key=request.key)
    return _told(_("{control} is retired; its effect no longer counts."), found, request, tx)


def _told(sentence: Text, about: Control, request: Request, tx: Tx, **facts: Any) -> Reply:
    now = existing_control(about.id, tx)
    gist = sentence.format(control=about.id, **facts)
    return Reply(blocks.marked(gist), [blocks.paragraph(gist), *control_card(now, request, tx), *steps_of(now)])


def control_options(text: str, request: Request, tx: Tx) -> list[tuple[str, str]]:
    """Return controls that are not retired for a searching select."""
    return [(f"{id} {masking.prose(title)}", str(int(id))) for id, title in controls.live_titles(tx, text.strip(), limit=50)]


def _command(name: str, run: Any, act: Act, args: type[Args], **about: Any) -> Command:
    return Command(name, args, run, right=Right.WRITE, writes=True, ready=ready_for(act), classification=Secrecy.CONFIDENTIAL, **about)


_ENTER: dict[str, Any] = {
    "args": ControlArgs,
    "run": enter,
    "right": Right.WRITE,
    "writes": True,
    "title": _("Record a control"),
    "submit": _("Record"),
    "ready": about_risk,
    "classification": Secrecy.CONFIDENTIAL,
}
_OPERATE: dict[str, Any] = {"run": operate, "act": Act.OPERATE, "args": OneArgs, "title": _("Put into operation"), "submit": _("Confirm")}
_TEST: dict[str, Any] = {"run": record_test, "act": Act.TEST, "args": TestArgs, "title": _("Test a control"), "submit": _("Record")}
_RETIRE: dict[str, Any] = {"run": retire, "act": Act.RETIRE, "args": RetireArgs, "title": _("Retire a control"), "submit": _("Retire")}
COMMAND = [
    Command(
        "control",
        summary=_("Record a control that acts on a risk"),
        examples=['control R-1 "monthly check of the buyers" on_likelihood=40'],
        order=29,
        **_ENTER,
    ),
    _command("operate", summary=_("Put a control into operation"), examples=["operate C-1"], order=29, **_OPERATE),
    _command(
        "test",
        summary=_("Record a test of a control"),
        examples=[
            'test C-1 effective "10 of 10 files complete, file 2026/114"',
            'test C-1 ineffective "3 of 10 files lack the deed" of=design',
        ],
        order=30,
        **_TEST,
    ),
    _command("retire", summary=_("Take a control out of operation"), examples=['retire C-1 "the loan was repaid"'], order=31, **_RETIRE),
]
ACTIONS = [
    Command("risk.control", summary=_("Record a control that acts on this risk"), **_ENTER),
    _command("control.operate", summary=_("Put this control into operation"), **_OPERATE),
    _command("control.test", summary=_("Record a test of this control"), **_TEST),
    _command("control.retire", summary=_("Take this control out of operation"), **_RETIRE),
]
OPTIONS = [Options("control", control_options, lambda text, request, tx: next(iter(control_options(text, request, tx)), None))]
