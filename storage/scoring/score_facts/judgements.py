"""Approved judgements about default as columns."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
from sqlalchemy import and_, select
from sqlalchemy.orm import aliased

from risk_engine.approvals.proposal import ProposalState
from risk_engine.classification.judgement_kinds import JudgementKind
from risk_engine.facts.facts import Judgements
from risk_engine.references import JudgementId
from storage.columns import dates, day, day_of
from storage.database import Tx
from storage.schema import ApprovalRow, JudgementRow
from storage.scoring.score_facts.owned import Book, coded, numbers, owned

_APPROVED = ProposalState.APPROVED.value


def judgements(tx: Tx, book: Book, as_of: date, at: datetime | None) -> Judgements:
    """Return the judgements that hold on the day, as approved by ``at``; an ended one held until the day before its end was approved.

    A void holds from its first day for good.
    """
    table, end, approval, ended = JudgementRow, aliased(JudgementRow), aliased(ApprovalRow), aliased(ApprovalRow)
    query = select(table.customer_id, table.id, table.kind, day(tx, table.since), day(tx, table.until), day_of(tx, ended.decided_at))
    query = query.join(approval, _approved(approval, table.id, at))
    query = query.outerjoin(end, and_(end.ends == table.id, end.state == _APPROVED)).outerjoin(ended, _approved(ended, end.id, at))
    query = query.where(table.kind != JudgementKind.END.value, table.since <= as_of).order_by(table.id)
    owner, (ids, kinds, since, until, ends) = owned(tx, book, query)
    # of two last days the earlier one counts; a missing one is none
    last = np.fmin(dates(until), dates(ends) - np.timedelta64(1, "D"))
    holds = np.isnat(last) | (last >= np.datetime64(as_of))
    return Judgements(owner[holds], numbers(ids)[holds], coded(kinds[holds]), dates(since)[holds], last[holds])


def _approved(approval: Any, id: Any, at: datetime | None) -> Any:
    by_then = [] if at is None else [approval.decided_at <= at]
    about = (approval.subject_kind == JudgementId.letter, approval.subject_id == id)
    return and_(*about, approval.verdict == _APPROVED, *by_then)
