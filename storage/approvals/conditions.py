"""Conditions of approvals, until they are met."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import RowMapping, func, or_, select

from risk_engine.approvals.condition import Condition
from risk_engine.approvals.proposal import ProposalState
from risk_engine.references import ApprovalId
from storage.database import Conflict, Tx
from storage.rows import compare_and_set, insert_row
from storage.schema import ApprovalRow, ConditionRow
from storage.scope import ALL, Scope, within
from storage.visibility import visible_or_none


def add(tx: Tx, condition: Condition) -> None:
    same = {name: getattr(condition, name) for name in ("number", "text", "due", "set_by", "version")}
    insert_row(tx, ConditionRow, {"approval_id": int(condition.approval), **same})


def save(tx: Tx, condition: Condition) -> None:
    """Record that a condition is met.

    Raises:
        Conflict: somebody else did meanwhile.
    """
    query = select(ConditionRow.id).where(ConditionRow.approval_id == int(condition.approval), ConditionRow.number == condition.number)
    id = tx.connection.execute(query).scalar_one_or_none()
    if id is None:
        raise Conflict(f"{condition.approval} has no condition {condition.number}")
    met = {name: getattr(condition, name) for name in ("met_by", "met_at", "evidence")}
    compare_and_set(tx, ConditionRow, id, condition.version, met)


def of_approvals(tx: Tx, ids: Sequence[int]) -> dict[int, list[Condition]]:
    """Return the conditions of these approvals, in their order."""
    query = select(*ConditionRow.__table__.columns).where(ConditionRow.approval_id.in_(ids))
    found: dict[int, list[Condition]] = {}
    for row in tx.connection.execute(query.order_by(ConditionRow.approval_id, ConditionRow.number)).mappings():
        found.setdefault(row["approval_id"], []).append(_condition(row))
    return found


def unmet(tx: Tx, *, due: date | None = None, limit: int, offset: int = 0) -> tuple[int, list[Condition]]:
    """Return the number of unmet conditions of approved requests, optionally due by a day, and a page, earliest due first."""
    of = ApprovalRow.id == ConditionRow.approval_id
    open_ = [
        ConditionRow.met_at.is_(None),
        ApprovalRow.verdict == ProposalState.APPROVED.value,
        *([ConditionRow.due <= due] if due else []),
    ]
    open_ += visible_or_none(tx, ApprovalRow.customer_id)
    count = tx.connection.execute(select(func.count()).select_from(ConditionRow).join(ApprovalRow, of).where(*open_)).scalar_one()
    query = select(*ConditionRow.__table__.columns).join(ApprovalRow, of).where(*open_)
    rows = tx.connection.execute(query.order_by(ConditionRow.due, ConditionRow.id).limit(limit).offset(offset)).mappings()
    return count, [_condition(row) for row in rows]


def fallen_due(tx: Tx, scope: Scope, *, day_before: date, day: date, limit: int) -> tuple[int, list[Condition], int]:
    """Return the number of unmet conditions newly due between two days, the first of them, and the number due earlier."""
    of = ApprovalRow.id == ConditionRow.approval_id
    open_ = [ConditionRow.met_at.is_(None), ApprovalRow.verdict == ProposalState.APPROVED.value]
    open_ += visible_or_none(tx, ApprovalRow.customer_id) if scope == ALL else [within(tx, ApprovalRow.customer_id, scope)]
    new, before = (*open_, ConditionRow.due > day_before, ConditionRow.due <= day), (*open_, ConditionRow.due <= day_before)
    counts = [
        tx.connection.execute(select(func.count()).select_from(ConditionRow).join(ApprovalRow, of).where(*which)).scalar_one()
        for which in (new, before)
    ]
    query = select(*ConditionRow.__table__.columns).join(ApprovalRow, of).where(*new)
    rows = tx.connection.execute(query.order_by(ConditionRow.due, ConditionRow.id).limit(limit)).mappings()
    return counts[0], [_condition(row) for row in rows], counts[1]


def of_person(tx: Tx, person: str, *, due: date, limit: int) -> tuple[int, list[Condition]]:
    """Return the number of unmet conditions that a person set or must meet by a day, and the earliest of them."""
    of = ApprovalRow.id == ConditionRow.approval_id
    theirs = or_(ConditionRow.set_by == person, ApprovalRow.maker == person)
    open_ = [ConditionRow.met_at.is_(None), ApprovalRow.verdict == ProposalState.APPROVED.value, ConditionRow.due <= due, theirs]
    open_ += visible_or_none(tx, ApprovalRow.customer_id)
    count = tx.connection.execute(select(func.count()).select_from(ConditionRow).join(ApprovalRow, of).where(*open_)).scalar_one()
    query = select(*ConditionRow.__table__.columns).join(ApprovalRow, of).where(*open_)
    rows = tx.connection.execute(query.order_by(ConditionRow.due, ConditionRow.id).limit(limit)).mappings()
    return count, [_condition(row) for row in rows]


def _condition(row: RowMapping) -> Condition:
    same = {name: row[name] for name in ("number", "text", "due", "set_by", "met_by", "met_at", "evidence", "version")}
    return Condition(approval=ApprovalId(row["approval_id"]), **same)
