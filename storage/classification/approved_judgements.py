"""Approved judgements as they were known at a moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import aliased

from risk_engine.approvals.proposal import ProposalState
from risk_engine.classification.judgement import Judgement
from risk_engine.classification.judgement_kinds import JudgementKind
from risk_engine.references import JudgementId
from storage.classification.judgements import get
from storage.database import Tx
from storage.schema import ApprovalRow, JudgementRow
from storage.visibility import visible

_APPROVED = ProposalState.APPROVED.value


@dataclass(frozen=True, slots=True)
class Approved:
    """The judgements, other than ends, that had been approved by ``at`` (None: now), each with the approval of its end by then."""

    at: datetime | None
    _end: Any = field(default_factory=lambda: aliased(JudgementRow))
    _approval: Any = field(default_factory=lambda: aliased(ApprovalRow))
    _ending: Any = field(default_factory=lambda: aliased(ApprovalRow))

    @property
    def ended_at(self) -> Any:
        """Return the column with the moment of the approved end; NULL without one."""
        return self._ending.decided_at

    def only(self, query: Select[Any]) -> Select[Any]:
        """Return a query about judgements for these only."""
        end = and_(self._end.ends == JudgementRow.id, self._end.state == _APPROVED)
        query = query.join(self._approval, self._about(self._approval, JudgementRow.id)).outerjoin(self._end, end)
        query = query.outerjoin(self._ending, self._about(self._ending, self._end.id))
        return query.where(JudgementRow.kind != JudgementKind.END.value)

    def _about(self, approval: Any, id: Any) -> ColumnElement[bool]:
        about = (approval.subject_kind == JudgementId.letter, approval.subject_id == id, approval.verdict == _APPROVED)
        return and_(*about, *([] if self.at is None else [approval.decided_at <= self.at]))


@dataclass(frozen=True, slots=True)
class Standing:
    """A judgement as it was known at a moment; ``ended_at`` is the approval of its end."""

    judgement: Judgement
    ended_at: datetime | None

    def counts(self, on: date) -> bool:
        """Return True if the judgement holds on a day."""
        last = self.judgement.until
        if self.ended_at is not None:
            before = self.ended_at.date() - timedelta(days=1)
            last = before if last is None else min(last, before)
        return self.judgement.since <= on and (last is None or on <= last)


def of_customer(tx: Tx, customer: str, *, at: datetime | None) -> list[Standing]:
    """Return the customer's approved judgements as known at a moment, in the order of their numbers."""
    approved = Approved(at)
    query = approved.only(select(JudgementRow.id, approved.ended_at)).where(JudgementRow.customer_id == customer)
    rows = tx.connection.execute(query.where(*visible(tx, JudgementRow.customer_id)).order_by(JudgementRow.id)).all()
    found = ((get(tx, JudgementId(id)), ended) for id, ended in rows)
    return [Standing(one, ended) for one, ended in found if one is not None]
