"""Response: the treatment of a risk, from the proposal to the decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from risk_engine.approvals.proposal import Proposal
from risk_engine.due import check_due
from risk_engine.references import ResponseId
from risk_engine.register.assessment import RiskKind
from risk_engine.register.events import ResponseProposed
from risk_engine.register.refusals import NotAnOpportunity, RiskClosed
from risk_engine.register.register import Risk


class Strategy(StrEnum):
    """The strategies for treating a risk (ISO 31000:2018, 6.5.2)."""

    AVOID = "avoid"
    REDUCE = "reduce"
    SHARE = "share"
    RETAIN = "retain"
    REMOVE_SOURCE = "remove_source"
    TAKE_MORE = "take_more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Response(Proposal):
    """A measure with an owner and a due date, against (or for) one risk."""

    id: ResponseId
    risk: int
    strategy: Strategy
    measure: str
    owner: str
    due: date


def propose(
    id: ResponseId, *, risk: Risk, strategy: Strategy, measure: str, due: date, by: str, at: datetime, today: date, owner: str | None = None
) -> tuple[Response, ResponseProposed]:
    """Propose a treatment of an open risk.

    Raises:
        RiskClosed: the risk is closed.
        NotAnOpportunity: the strategy takes more of a threat.
        DueInThePast, DueTooFar: as :func:`check_due`.
    """
    if not risk.open:
        raise RiskClosed(risk=risk.id)
    if strategy is Strategy.TAKE_MORE and risk.kind is RiskKind.THREAT:
        raise NotAnOpportunity(risk=risk.id)
    check_due(due, today=today)
    response = Response(
        id=id, risk=int(risk.id), strategy=strategy, measure=measure, owner=owner or by, due=due, proposed_by=by, proposed_at=at
    )
    happened = ResponseProposed(
        subject=str(id),
        actor=by,
        at=at,
        risk=int(risk.id),
        customer=risk.customer,
        strategy=strategy,
        measure=measure,
        owner=response.owner,
        due=due,
    )
    return response, happened
