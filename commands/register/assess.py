"""/risk assess R-17 L3 S4 X2 "why": one person's view of a risk; the consensus of several is its assessment."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from commands.delivery import record
from commands.kit import blocks
from commands.kit.access import masking
from commands.kit.contract import Args, Command, Reply, Request
from commands.kit.i18n import Text, _, ngettext
from commands.kit.input.fields import AnyCase, Ask, Step
from commands.kit.wording import words
from commands.register.entries import existing_risk, in_a_line, stand
from commands.register.risk_card import answering, risk_card
from risk_engine.audit.secrecy import Secrecy
from risk_engine.people.roles import Right
from risk_engine.references import RiskId
from risk_engine.register import assessing
from risk_engine.register.acts import Act, allowed
from risk_engine.register.assessment import Assessment
from risk_engine.register.consensus import Consensus, View
from risk_engine.register.register import ACTS, Risk
from storage.customers import customers
from storage.database import Tx
from storage.register import risks, views


class Spoken(StrEnum):
    """A person's own view, or the decision of a facilitator where the views differ."""

    VIEW = "view"
    DECISION = "decision"


class AssessArgs(Args):
    risk: Annotated[RiskId, Ask(_("Risk"), options="risk")]
    likelihood: Annotated[Step, Ask(_("Likelihood"), hint=_("Within one year"), letter="L", scale="likelihood")]
    severity: Annotated[Step, Ask(_("Severity"), letter="S", scale="severity")]
    scope: Annotated[Step, Ask(_("Scope"), letter="X", scale="scope")]
    reason: Annotated[str, Field(min_length=5, max_length=1000), Ask(_("Reason"), multiline=True, rest=True)]
    customer_severity: Annotated[Step | None, Ask(_("Severity for the customer"), scale="severity")] = None
    kind: Annotated[Spoken, AnyCase, Ask(_("Kind"), hint=_("A decision settles it where the views differ"))] = Spoken.VIEW


def ready(values: Mapping[str, Any], request: Request, tx: Tx) -> str | None:
    """Return the risk in a line; refuse a closed one at once."""
    if "risk" not in values:
        return None
    risk = existing_risk(RiskId.parse(values["risk"]), tx)
    allowed(risk, Act.ASSESS, ACTS)
    return in_a_line(risk, tx)


def assess(args: AssessArgs, request: Request, tx: Tx) -> Reply:
    risk = existing_risk(args.risk, tx)
    said = Assessment(args.likelihood, args.severity, args.scope, args.customer_severity)
    view, known = View(request.user, said, request.at, args.reason), views.of_risk(tx, risk.id)
    when: dict[str, Any] = {"today": request.today, "policy": request.policy}
    if args.kind is Spoken.DECISION:
        after, found, happened = assessing.decide(risk, known, said, reason=args.reason, by=request.user, at=request.at, **when)
    else:
        after, found, happened = assessing.assess(risk, known, view, **when)
    after = stand(tx, after, request.policy, request.today)
    risks.save(tx, after)
    views.add(tx, risk.id, view, decided=args.kind is Spoken.DECISION)
    record(tx, happened, request.policy, request_key=request.key)
    who = customers.get(tx, risk.customer)
    assert who is not None, "a risk that is seen belongs to a customer that is seen"
    gist = _said(after, found).format(risk=risk.id, customer=masking.called(who), level=words.level(after.level), spread=found.spread)
    again = risks.get(tx, risk.id) or after
    return Reply(blocks.marked(gist), [blocks.paragraph(gist), *risk_card(again, who, request.policy, tx), *answering(again)])


def _said(risk: Risk, found: Consensus) -> Text:
    people = len({view.by for view in found.views})
    if found.chair is not None:
        return _("{risk} is assessed as {level} by decision: {customer}.")
    if found.disagree:
        return _("The views of {risk} differ by {spread} steps: {customer}. It stays {level} until a facilitator decides.")
    if found.settled:
        return ngettext(
            "{risk} is assessed as {level} by {n} person: {customer}.", "{risk} is assessed as {level} by {n} people: {customer}.", people
        )
    return _("{risk} is {level} by your view: {customer}. Another person's view makes it an assessment.")


_ABOUT: dict[str, Any] = {
    "args": AssessArgs,
    "run": assess,
    "right": Right.WRITE,
    "writes": True,
    "title": _("Assess a risk"),
    "submit": _("Assess"),
    "ready": ready,
    "classification": Secrecy.CONFIDENTIAL,
}
COMMAND = Command(
    "assess",
    summary=_("Give your view of a risk; several views make its assessment"),
    examples=["assess R-1", 'assess R-1 L4 S3 X2 "two buyers left"', 'assess R-1 L4 S4 X2 "agreed in the meeting" kind=decision'],
    order=22,
    **_ABOUT,
)
ACTIONS = [Command("risk.assess", summary=_("Give your view of this risk"), **_ABOUT)]
