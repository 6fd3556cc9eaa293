"""/risk respond R-1 STRATEGY "measure" due=…: propose a treatment; somebody else approves it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import Field

from commands.kit import blocks, words
from commands.kit.contract import Args, Command, Options, Refused, Reply, Request
from commands.kit.fields import AnyCase, Ask, Day, Someone
from commands.kit.i18n import _
from commands.kit.record import record
from risk_engine import approval, response
from risk_engine.references import RiskId
from risk_engine.register import Risk
from risk_engine.response import Strategy
from storage import approvals, customers, responses, risks
from storage.database import Tx


class RespondArgs(Args):
    risk: Annotated[RiskId, Ask(_("Risk"), options="risk")]
    strategy: Annotated[Strategy, AnyCase, Ask(_("Strategy"))]
    measure: Annotated[str, Field(min_length=5, max_length=1000), Ask(_("Measure"), hint=_("What will be done"), multiline=True, rest=True)]
    due: Annotated[Day | None, Ask(_("Due"), hint=_("Left empty: the policy's usual term"))] = None
    owner: Annotated[Someone | None, Ask(_("Owner"), hint=_("You, if left empty"), person=True)] = None


def ready(values: Mapping[str, Any], request: Request, tx: Tx) -> str | None:
    """Say what is answered; and at once that there is no such risk."""
    if "risk" not in values:
        return None
    risk = _existing(RiskId.parse(values["risk"]), tx)
    name = customers.names(tx, [risk.customer]).get(risk.customer, risk.customer)
    return f"{risk.id} · {name} · {risk.title}"


def _existing(id: RiskId, tx: Tx) -> Risk:
    risk = risks.get(tx, id)
    if risk is None:
        raise Refused(_("There is no {risk}. `/risk show CUSTOMER` lists a customer's risks.").format(risk=id), field="risk")
    return risk


def respond(args: RespondArgs, request: Request, tx: Tx) -> Reply:
    risk = _existing(args.risk, tx)
    return propose(risk, args.strategy, args.measure, args.due, args.owner, request, tx)


def propose(risk: Risk, strategy: Strategy, measure: str, due: date | None, owner: str | None, request: Request, tx: Tx) -> Reply:
    """Propose a treatment and ask for its approval."""
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
    asked, requested = approval.request(
        approvals.next_id(tx), key=uuid.uuid4().hex, subject=str(proposed.id), by=request.user, at=request.at
    )
    approvals.add(tx, asked)
    record(tx, requested, request.policy, request_key=request.key)
    gist = _("{response} to {risk} is proposed, due {due}; {approval} waits for somebody else's approval.").format(
        response=proposed.id, risk=risk.id, due=words.day(due), approval=asked.id
    )
    detail = blocks.paragraph(blocks.bold(words.label(strategy)), "  ", measure)
    return Reply(blocks.marked(gist), [blocks.paragraph(gist), detail])


def risk_options(text: str, request: Request, tx: Tx) -> Sequence[tuple[str, str]]:
    """Open risks for a searching select."""
    return [(f"{id} {title}", str(int(id))) for id, title in risks.open_titles(tx, text.strip(), limit=50)]


COMMAND = Command(
    "respond",
    RespondArgs,
    respond,
    summary=_("Propose what to do about a risk; somebody else approves it"),
    examples=["respond R-1", 'respond R-1 reduce "assign the receivables to us" due=2027-03-31'],
    writes=True,
    title=_("Respond to a risk"),
    submit=_("Propose"),
    ready=ready,
    order=21,
)

ACTIONS = [
    Command(
        "risk.respond",
        RespondArgs,
        respond,
        summary=_("Respond to this risk"),
        writes=True,
        title=_("Respond to a risk"),
        submit=_("Propose"),
        ready=ready,
    )
]
OPTIONS = [Options("risk", risk_options, lambda text, request, tx: next(iter(risk_options(text, request, tx)), None))]
