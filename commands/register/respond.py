"""/risk respond R-1 STRATEGY "measure" due=…: propose a treatment; somebody else approves it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from commands.approvals import ask_for, asked_before, withdraw_button
from commands.delivery import record
from commands.kit import blocks
from commands.kit.access import masking
from commands.kit.contract import Args, Command, Options, Reply, Request, Subject
from commands.kit.i18n import Text, _
from commands.kit.input.fields import AnyCase, Ask, Day, Someone, whole_number
from commands.kit.wording import words
from commands.register.entries import existing_risk, in_a_line
from commands.register.response_card import effects_in_words
from risk_engine.approvals.approval import CLOCK, Approval
from risk_engine.approvals.approval_kinds import ApprovalKind
from risk_engine.approvals.proposal import ProposalState
from risk_engine.audit.secrecy import Secrecy
from risk_engine.grading import Grade
from risk_engine.people.roles import Right
from risk_engine.references import ResponseId, RiskId
from risk_engine.register import register, response
from risk_engine.register.control import Effects
from risk_engine.register.refusals import RiskClosed
from risk_engine.register.register import Risk
from risk_engine.register.response import Basis, MeasureKind, Response, Strategy
from storage.approvals import approvals
from storage.database import Tx
from storage.register import responses, risks

Percent = Annotated[int, BeforeValidator(whole_number), Field(ge=0, le=100)]
Cost = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=4)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]

# letters of a measure in a title, which has a limit
TITLE = 70


class RespondArgs(Args):
    risk: Annotated[RiskId, Ask(_("Risk"), options="risk")]
    strategy: Annotated[Strategy, AnyCase, Ask(_("Strategy"))]
    measure: Annotated[str, Field(min_length=5, max_length=1000), Ask(_("Measure"), hint=_("Planned response"), multiline=True, rest=True)]
    due: Annotated[Day | None, Ask(_("Due"), hint=_("Leave empty for the policy's usual term"))] = None
    owner: Annotated[Someone | None, Ask(_("Owner"), hint=_("You, if left empty"), person=True)] = None
    kind: Annotated[MeasureKind | None, AnyCase, Ask(_("Kind of measure"))] = None
    on_likelihood: Annotated[Percent | None, Ask(_("Expected effect on likelihood, %"))] = None
    on_severity: Annotated[Percent | None, Ask(_("Expected effect on severity, %"))] = None
    on_scope: Annotated[Percent | None, Ask(_("Expected effect on scope, %"))] = None
    cost: Annotated[Cost | None, Ask(_("Cost"), hint=_("In the currency of the authorities, unless another is named"))] = None
    currency: Annotated[Currency | None, Ask(_("Currency of the cost"))] = None
    benefit: Annotated[str | None, Field(max_length=300), Ask(_("Benefit"))] = None


def ready(values: Mapping[str, Any], request: Request, tx: Tx) -> str | None:
    """Return the risk in a line; refuse at once if there is none, or a closed one."""
    if "risk" not in values:
        return None
    risk = existing_risk(RiskId.parse(values["risk"]), tx)
    if not risk.open:
        raise RiskClosed(risk=risk.id)
    return in_a_line(risk, tx)


def respond(args: RespondArgs, request: Request, tx: Tx) -> Reply:
    risk = existing_risk(args.risk, tx)
    shares = {axis: None if (share := getattr(args, f"on_{axis}")) is None else share / 100 for axis in ("likelihood", "severity", "scope")}
    more = {
        "kind": args.kind,
        "cost": args.cost,
        "currency": None if args.cost is None else args.currency or request.policy.approvals.currency,
        "benefit": args.benefit,
        "effects": Effects(**shares),
        "department": risk.department,
    }
    return propose(risk, args.strategy, args.measure, args.due, args.owner, request, tx, **more)


def propose(
    risk: Risk, strategy: Strategy, measure: str, due: date | None, owner: str | None, request: Request, tx: Tx, **more: Any
) -> Reply:
    """Propose a treatment and request its approval; ``more`` are further contents of the response."""
    due = due or request.today + timedelta(days=request.policy.responses.default_days)
    proposed, happened = response.propose(
        responses.next_id(tx),
        risk=risk,
        strategy=strategy,
        measure=measure,
        due=due,
        by=request.user,
        at=request.at,
        today=request.today,
        owner=owner,
        **more,
    )
    responses.add(tx, proposed)
    record(tx, happened, request.policy, request_key=request.key)
    asked = ask_for(proposed.id, risk.customer, measure, request, tx)
    gist = _("{response} to {risk} is proposed, due {due}; {approval} is with the approvers.").format(
        response=proposed.id, risk=risk.id, due=words.day(due), approval=asked.id
    )
    detail = blocks.paragraph(blocks.bold(words.label(strategy)), "  ", masking.prose(measure))
    return Reply(blocks.marked(gist), [blocks.paragraph(gist), detail, *asked_before(asked, tx), withdraw_button(asked)])


def risk_options(text: str, request: Request, tx: Tx) -> Sequence[tuple[str, str]]:
    """Return open risks for a searching select."""
    return [(f"{id} {masking.prose(title)}", str(int(id))) for id, title in risks.open_titles(tx, text.strip(), limit=50)]


def _both(tx: Tx, id: ResponseId) -> tuple[Response, Risk] | None:
    treated = responses.get(tx, id)
    risk = None if treated is None else risks.get(tx, RiskId(treated.risk))
    return None if treated is None or risk is None else (treated, risk)


def line(tx: Tx, id: ResponseId) -> Sequence[Any] | None:
    """Return the risk and its treatment, on one line."""
    if (found := _both(tx, id)) is None:
        return None
    treated, risk = found
    return [f", {risk.id} · ", blocks.bold(words.label(treated.strategy)), "  ", blocks.quoted(treated.measure)]


# strategies that are no verb before a risk
_TITLES = {
    Strategy.REMOVE_SOURCE: _("Remove the source of {risk} for {customer}: {measure}"),
    Strategy.REDUCE_LIKELIHOOD: _("Reduce the likelihood of {risk} for {customer}: {measure}"),
    Strategy.REDUCE_CONSEQUENCE: _("Reduce the consequence of {risk} for {customer}: {measure}"),
    Strategy.TAKE_MORE: _("Increase exposure for {risk}, {customer}: {measure}"),
}


def asks(tx: Tx, id: ResponseId, customer: str) -> Text | None:
    """Return the request as a title: ``Reduce R-26 for Vltava Kov: assign the receivables``."""
    if (found := _both(tx, id)) is None:
        return None
    treated, risk = found
    measure = blocks.cut(blocks.quoted(treated.measure), TITLE)
    said = _TITLES.get(treated.strategy) or _("{strategy} {risk} for {customer}: {measure}")
    return said.format(strategy=words.heading(treated.strategy), risk=risk.id, customer=customer, measure=measure)


def follows(tx: Tx, id: ResponseId) -> Text | None:
    """Return the consequence of approving the treatment."""
    treated = responses.get(tx, id)
    if treated is None:
        return None
    sentence = _("{owner} carries out {response} by {due}.")
    return sentence.format(owner=blocks.mention(treated.owner), response=treated.id, due=words.day(treated.due))


def effects(tx: Tx, id: ResponseId) -> Collection[str]:
    """Return the risk that the treatment is for: its entry in the register worsens the grade by itself."""
    treated = responses.get(tx, id)
    return () if treated is None else (str(RiskId(treated.risk)),)


def facts(tx: Tx, id: ResponseId) -> Sequence[tuple[Text, Any]]:
    """Return the facts for a decision about a treatment."""
    if (found := _both(tx, id)) is None:
        return []
    treated, risk = found
    return [
        (_("Risk"), f"{risk.id} · {words.level(risk.level)} · {blocks.quoted(risk.title)}"),
        (
            _("Response"),
            [f"{treated.id} · ", blocks.bold(words.label(treated.strategy)), f" · {blocks.quoted(treated.measure)}"],
        ),
        (_("Due"), words.day(treated.due)),
        (_("Owner"), blocks.person(treated.owner)),
        (_("Cost"), None if treated.cost is None or treated.currency is None else words.money(treated.cost, treated.currency)),
        (_("Expected effect"), effects_in_words(treated.effects)),
    ]


def settle(tx: Tx, id: ResponseId, verdict: ProposalState) -> None:
    """Apply a decision to the treatment and to its risk: an approved one is carried out, or keeps the risk until a day."""
    found, decided = _both(tx, id), approvals.of_subject(tx, id)
    if found is None or decided is None:
        return
    treated, risk = found
    by, at = decided.decided_by or CLOCK, decided.decided_at or decided.expires_at
    settled = treated.into(verdict, by=by, at=at)
    if verdict is not ProposalState.APPROVED:
        responses.save(tx, settled)
        return
    responses.save(tx, replace(settled, basis=Basis(_grade(decided), decided.amount, risk.standing.residual_level)))
    if treated.strategy is Strategy.RETAIN:
        risks.save(tx, register.retain(risk, until=treated.due, by=by, at=at))
    elif (moved := register.treat(risk, by=by, at=at)) is not risk:
        risks.save(tx, moved)


def _grade(ended: Approval) -> int | None:
    """Return the grade on which an approval was decided."""
    named = ended.picture.get("grade")
    return None if named is None else int(Grade[str(named).upper()])


def kind(tx: Tx, id: ResponseId) -> ApprovalKind:
    """Return the kind of approval: retaining a risk has its own."""
    treated = responses.get(tx, id)
    return ApprovalKind.RETENTION if treated is not None and treated.strategy is Strategy.RETAIN else ApprovalKind.RESPONSE


SUBJECTS = [
    Subject(
        ResponseId,
        "respond",
        line,
        facts,
        settle,
        kind,
        asks=asks,
        follows=follows,
        effects=effects,
        protected=lambda tx, id: False,
        still_possible=lambda tx, id, request: None,
    )
]

COMMAND = Command(
    "respond",
    RespondArgs,
    respond,
    right=Right.PROPOSE,
    summary=_("Propose a response to a risk; someone else approves it"),
    examples=["respond R-1", 'respond R-1 reduce "assign the receivables to us" due=2027-03-31'],
    writes=True,
    title=_("Respond to a risk"),
    submit=_("Propose"),
    ready=ready,
    order=21,
    classification=Secrecy.CONFIDENTIAL,
)

ACTIONS = [
    Command(
        "risk.respond",
        RespondArgs,
        respond,
        right=Right.PROPOSE,
        summary=_("Respond to this risk"),
        writes=True,
        title=_("Respond to a risk"),
        submit=_("Propose"),
        ready=ready,
        classification=Secrecy.CONFIDENTIAL,
    )
]
OPTIONS = [Options("risk", risk_options, lambda text, request, tx: next(iter(risk_options(text, request, tx)), None))]
