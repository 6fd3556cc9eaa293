"""Response: the treatment of a risk, from the proposal and the decision to its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from risk_engine.approvals.proposal import Proposal, ProposalState
from risk_engine.checks import Impossible
from risk_engine.due import check_due
from risk_engine.references import ResponseId
from risk_engine.register.acts import Act, allowed
from risk_engine.register.assessment import Level, RiskKind
from risk_engine.register.control import Effects
from risk_engine.register.events import (
    ResponseCancelled,
    ResponseDone,
    ResponseExtended,
    ResponseProgressed,
    ResponseProposed,
    ResponseReminded,
    ResponseSentBack,
)
from risk_engine.register.refusals import NotAnOpportunity, NotLater, RiskClosed
from risk_engine.register.register import CLOCK, Risk, given
from risk_engine.register.register_policy import Tolerance


class Strategy(StrEnum):
    """The strategies for treating a risk (ISO 31000:2018, 6.5.2)."""

    AVOID = "avoid"
    REDUCE = "reduce"
    SHARE = "share"
    RETAIN = "retain"
    REMOVE_SOURCE = "remove_source"
    TAKE_MORE = "take_more"
    REDUCE_LIKELIHOOD = "reduce_likelihood"
    REDUCE_CONSEQUENCE = "reduce_consequence"


class MeasureKind(StrEnum):
    """The kind of a measure: product strategy, service process or internal control."""

    PRODUCT = "product_strategy"
    SERVICE = "service_process"
    CONTROL = "internal_control"


# decided on, and not finished
UNDER_WAY = (ProposalState.APPROVED, ProposalState.IN_PROGRESS)
UNFINISHED = (ProposalState.PROPOSED, *UNDER_WAY)

_CARRIED_OUT = (Act.PROGRESS, Act.DONE, Act.EXTEND, Act.CANCEL)
ACTS: Mapping[ProposalState, tuple[Act, ...]] = {
    ProposalState.PROPOSED: (Act.DECIDE,),
    ProposalState.APPROVED: _CARRIED_OUT,
    ProposalState.IN_PROGRESS: _CARRIED_OUT,
}


@dataclass(frozen=True, slots=True)
class Basis:
    """The facts on which a response was approved: the customer's grade, its exposure, and the residual level of the risk."""

    grade: int | None
    exposure: Decimal | None
    level: Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Response(Proposal):
    """A measure with an owner and a due date, against (or for) one risk.

    Attributes:
        effects: the expected effect on each axis.
        cost: in ``currency``.
        progress: per cent.
        basis: the facts of its approval.
        reminded: how often its owner was reminded since its due date.
        moved_by, moved_at: the person who brought it into its state, and when; None since it was proposed.
    """

    after_approval: ClassVar[frozenset[ProposalState]] = frozenset(
        {ProposalState.IN_PROGRESS, ProposalState.DONE, ProposalState.CANCELLED, ProposalState.PROPOSED}
    )

    id: ResponseId
    risk: int
    strategy: Strategy
    measure: str
    owner: str
    due: date
    kind: MeasureKind | None = None
    department: str | None = None
    cost: Decimal | None = None
    currency: str | None = None
    benefit: str | None = None
    effects: Effects = field(default_factory=Effects)
    progress: int = 0
    basis: Basis | None = None
    reminded: int = 0
    moved_by: str | None = None
    moved_at: datetime | None = None

    @property
    def state_by(self) -> str:
        return self.moved_by or self.proposed_by

    @property
    def state_at(self) -> datetime:
        return self.moved_at or self.proposed_at

    @property
    def under_way(self) -> bool:
        return self.state in UNDER_WAY

    def into(self, state: ProposalState, *, by: str, at: datetime) -> Response:
        """Return the response in another state, with the person who brought it there.

        Raises:
            NotOpen: this state does not follow on the present one.
        """
        return replace(self.become(state), moved_by=by, moved_at=at)

    def _next_states(self) -> frozenset[ProposalState]:
        return self.after_approval if self.state in UNDER_WAY else Proposal._next_states(self)


def propose(
    id: ResponseId,
    *,
    risk: Risk,
    strategy: Strategy,
    measure: str,
    due: date,
    by: str,
    at: datetime,
    today: date,
    owner: str | None = None,
    kind: MeasureKind | None = None,
    department: str | None = None,
    cost: Decimal | None = None,
    currency: str | None = None,
    benefit: str | None = None,
    effects: Effects | None = None,
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
        id=id,
        risk=int(risk.id),
        strategy=strategy,
        measure=measure,
        owner=owner or by,
        due=due,
        proposed_by=by,
        proposed_at=at,
        kind=kind,
        department=department,
        cost=cost,
        currency=currency,
        benefit=benefit,
        effects=effects or Effects(),
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
        measure_kind=kind,
        cost=cost,
        currency=currency,
        benefit=benefit,
    )
    return response, happened


def progress(
    response: Response, *, percent: int, note: str | None, customer: str, by: str, at: datetime
) -> tuple[Response, ResponseProgressed]:
    """Report how far a response is, in per cent; 100 does not finish it.

    Raises:
        NotNow: it is not approved, or has ended.
        Impossible: the figure lies outside 0 to 100.
    """
    allowed(response, Act.PROGRESS, ACTS)
    if not 0 <= percent <= 100:
        raise Impossible(field="percent", value=percent, accepted="0 to 100")
    happened = ResponseProgressed(**_about(response, customer, by, at), before=response.progress, percent=percent, note=note)
    moved = response if response.state is ProposalState.IN_PROGRESS else response.into(ProposalState.IN_PROGRESS, by=by, at=at)
    return replace(moved, progress=percent), happened


def extend(
    response: Response, *, due: date, reason: str, customer: str, by: str, at: datetime, today: date
) -> tuple[Response, ResponseExtended]:
    """Give a response a later due date; once it is overdue, the new date is decided like the response itself.

    Raises:
        NotNow: it is not approved, or has ended.
        NotLater: the date is not later than the present one.
        DueInThePast, DueTooFar: as :func:`check_due`.
        ReasonMissing: there is no reason.
    """
    allowed(response, Act.EXTEND, ACTS)
    check_due(due, today=today)
    if due <= response.due:
        raise NotLater(response=response.id, due=due, present=response.due)
    late = response.due < today
    happened = ResponseExtended(**_about(response, customer, by, at), before=response.due, due=due, reason=given(reason), late=late)
    later = replace(response, due=due, reminded=0)
    return (later.into(ProposalState.PROPOSED, by=by, at=at) if late else later), happened


def finish(response: Response, *, result: str, customer: str, by: str, at: datetime) -> tuple[Response, ResponseDone]:
    """Report a response as carried out.

    Raises:
        NotNow: it is not approved, or has ended.
        ReasonMissing: the result is blank.
    """
    allowed(response, Act.DONE, ACTS)
    happened = ResponseDone(**_about(response, customer, by, at), result=given(result), late=at.date() > response.due)
    return replace(response.into(ProposalState.DONE, by=by, at=at), progress=100), happened


def cancel(response: Response, *, reason: str, customer: str, by: str, at: datetime) -> tuple[Response, ResponseCancelled]:
    """Give a response up before it is carried out.

    Raises:
        NotNow: it is not approved, or has ended.
        ReasonMissing: there is no reason.
    """
    allowed(response, Act.CANCEL, ACTS)
    happened = ResponseCancelled(**_about(response, customer, by, at), reason=given(reason))
    return response.into(ProposalState.CANCELLED, by=by, at=at), happened


def beyond(basis: Basis, now: Basis, tolerance: Tolerance) -> dict[str, tuple[object, object]]:
    """Return the facts that moved beyond the tolerance since an approval, by name, with both values; for the worse only."""
    found: dict[str, tuple[object, object]] = {}
    if basis.grade is not None and now.grade is not None and now.grade - basis.grade > tolerance.grades:
        found["grade"] = (basis.grade, now.grade)
    if basis.exposure is not None and now.exposure is not None and now.exposure > basis.exposure * (1 + Decimal(str(tolerance.exposure))):
        found["exposure"] = (basis.exposure, now.exposure)
    if now.level - basis.level > tolerance.levels:
        found["level"] = (basis.level, now.level)
    return found


def send_back(
    response: Response, changed: Mapping[str, tuple[object, object]], *, customer: str, by: str, at: datetime
) -> tuple[Response, ResponseSentBack]:
    """Return a response to the approvers because the facts of its approval have changed; the progress made stands.

    Raises:
        NotOpen: it is not approved, or has ended.
    """
    happened = ResponseSentBack(**_about(response, customer, by, at), owner=response.owner, changed=sorted(changed))
    return response.into(ProposalState.PROPOSED, by=by, at=at), happened


def lapse(response: Response, *, at: datetime) -> Response:
    """Return a retention whose term is over."""
    return response.into(ProposalState.DONE, by=CLOCK, at=at)


def remind(
    response: Response, *, after: Sequence[int], customer: str, today: date, at: datetime
) -> tuple[Response, ResponseReminded] | None:
    """Remind the owner of an overdue response; None if no reminder is due. Several missed ones are sent as one.

    Args:
        after: the days after the due date on which a reminder is due.
    """
    late = (today - response.due).days
    count = sum(late >= days for days in after)
    if not response.under_way or late <= 0 or count <= response.reminded:
        return None
    happened = ResponseReminded(**_about(response, customer, CLOCK, at), owner=response.owner, days=late, reminder=count)
    return replace(response, reminded=count), happened


def _about(response: Response, customer: str, by: str, at: datetime) -> dict[str, Any]:
    return {"subject": str(response.id), "actor": by, "at": at, "risk": response.risk, "customer": customer}
