"""A condition of an approval, tracked until somebody other than its maker confirms that it is met."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from risk_engine.approvals.events import ConditionMet
from risk_engine.approvals.refusals import ConditionAlreadyMet, MakerCannotDecide
from risk_engine.references import ApprovalId


@dataclass(frozen=True, slots=True)
class Condition:
    """The ``number``-th condition of an approval, due on a day."""

    approval: ApprovalId
    number: int
    text: str
    due: date
    set_by: str
    met_by: str | None = None
    met_at: datetime | None = None
    evidence: str | None = None
    version: int = 1

    @property
    def open(self) -> bool:
        return self.met_at is None


def meet(condition: Condition, *, maker: str, by: str, at: datetime, evidence: str) -> tuple[Condition, ConditionMet]:
    """Record that a condition is met.

    Args:
        maker: the maker of the approval request; somebody else must check the evidence.

    Raises:
        ConditionAlreadyMet: it was met before; the facts name the person and the time.
        MakerCannotDecide: the maker confirms a condition of their own request.
    """
    if condition.met_at is not None:
        assert condition.met_by is not None, "somebody found it met"
        raise ConditionAlreadyMet(approval=condition.approval, number=condition.number, by=condition.met_by, at=condition.met_at)
    if by == maker:
        raise MakerCannotDecide(approval=condition.approval, maker=maker)
    happened = ConditionMet(
        subject=str(condition.approval), actor=by, at=at, number=condition.number, condition=condition.text, evidence=evidence
    )
    return replace(condition, met_by=by, met_at=at, evidence=evidence), happened
