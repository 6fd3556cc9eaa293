"""/risk respond R-1 STRATEGY "measure" due=…: propose a treatment; somebody else approves it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import Field

from commands.approvals import ask_for, asked_before, withdraw_button
from commands.delivery import record
from commands.kit import blocks
from commands.kit.access import masking
from commands.kit.contract import Args, Command, Options, Refused, Reply, Request, Subject
from commands.kit.i18n import Text, _
from commands.kit.input.fields import AnyCase, Ask, Day, Someone
from commands.kit.wording import words
from risk_engine.approvals.approval_kinds import ApprovalKind
from risk_engine.approvals.proposal import ProposalState
from risk_engine.audit.secrecy import Secrecy
from risk_engine.people.roles import Right
from risk_engine.references import ResponseId, RiskId
from risk_engine.register import response
from risk_engine.register.refusals import RiskClosed
from risk_engine.register.register import Risk
from risk_engine.register.response import Response, Strategy
from storage.database import Tx
from storage.register import responses, risks

# letters of a measure in a title, which has a limit
TITLE = 70


class RespondArgs(Args):
    risk: Annotated[RiskId, Ask(_("Risk"), options="risk")]
    strategy: Annotated[Strategy, AnyCase, Ask(_("Strategy"))]
    measure: Annotated[str, Field(min_length=5, max_length=1000), Ask(_("Measure"), hint=_("Planned response"), multiline=True, rest=True)]
    due: Annotated[Day | None, Ask(_("Due"), hint=_("Leave empty for the policy's usual term"))] = None
    owner: Annotated[Someone | None, Ask(_("Owner"), hint=_("You, if left empty"), person=True)] = None


def ready(values: Mapping[str, Any], request: Request, tx: Tx) -> str | None:
    """Return the risk in a line; refuse at once if there is none, or a closed one."""
    if "risk" not in values:
        return None
    risk = _existing(RiskId.parse(values["risk"]), tx)
    if not risk.open:
        raise RiskClosed(risk=risk.id)
    name = masking.names(tx, [risk.customer]).get(risk.customer, risk.customer)
    return f"{risk.id} · {name} · {masking.prose(risk.title)}"


def _existing(id: RiskId, tx: Tx) -> Risk:
    risk = risks.get(tx, id)
    if risk is None:
        raise Refused(_("There is no {risk}. `/risk show CUSTOMER` lists a customer's risks.").format(risk=id), field="risk")
    return risk


def respond(args: RespondArgs, request: Request, tx: Tx) -> Reply:
    risk = _existing(args.risk, tx)
    return propose(risk, args.strategy, args.measure, args.due, args.owner, request, tx)


def propose(risk: Risk, strategy: Strategy, measure: str, due: date | None, owner: str | None, request: Request, tx: Tx) -> Reply:
    """Propose a treatment and request its approval."""
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


def asks(tx: Tx, id: ResponseId, customer: str) -> Text | None:
    """Return the request as a title: ``Reduce R-26 for Vltava Kov: assign the receivables``."""
    if (found := _both(tx, id)) is None:
        return None
    treated, risk = found
    measure = blocks.cut(blocks.quoted(treated.measure), TITLE)
    said = _("{strategy} {risk} for {customer}: {measure}")
    return said.format(strategy=words.heading(treated.strategy), risk=risk.id, customer=customer, measure=measure)


def follows(tx: Tx, id: ResponseId) -> Text | None:
    """Return what happens once the treatment is approved."""
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
    ]


def settle(tx: Tx, id: ResponseId, verdict: ProposalState) -> None:
    """Apply a decision to the treatment."""
    if (treated := responses.get(tx, id)) is not None:
        responses.save(tx, treated.become(verdict))


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
