"""Requests that someone else must decide."""

from __future__ import annotations

from sqlalchemy import RowMapping, func, select
from sqlalchemy.exc import IntegrityError

from risk_engine.approval import Approval, Verdict
from risk_engine.references import ApprovalId
from storage.database import Conflict, Tx
from storage.rows import compare_and_set, insert_row, next_number, one_by_id
from storage.schema import ApprovalRow, DecisionRow


def next_id(tx: Tx) -> ApprovalId:
    return ApprovalId(next_number(tx, ApprovalId.letter))


def add(tx: Tx, approval: Approval) -> None:
    row = {name: getattr(approval, name) for name in ("key", "subject", "maker", "requested_at", "title", "version")}
    insert_row(tx, ApprovalRow, {"id": int(approval.id), "customer_id": approval.customer, **row})


def get(tx: Tx, id: ApprovalId) -> Approval | None:
    row = one_by_id(tx, ApprovalRow, int(id))
    return None if row is None else _approval(row)


def by_key(tx: Tx, key: str) -> Approval | None:
    """The approval whose buttons carry this key; whoever may change it holds it until the transaction ends."""
    query = select(*ApprovalRow.__table__.columns).where(ApprovalRow.key == key)
    row = tx.connection.execute(query.with_for_update() if tx.writes else query).mappings().one_or_none()
    return None if row is None else _approval(row)


def of_subject(tx: Tx, subject: str) -> Approval | None:
    """The newest approval about a subject, as T-4."""
    query = select(*ApprovalRow.__table__.columns).where(ApprovalRow.subject == subject).order_by(ApprovalRow.id.desc()).limit(1)
    row = tx.connection.execute(query).mappings().one_or_none()
    return None if row is None else _approval(row)


def decide(tx: Tx, approval: Approval) -> None:
    """Write a decision, once: by version, and by a row of its own that can exist only once.

    Raises:
        Conflict: somebody decided meanwhile.
    """
    assert approval.verdict is not None, "only a decision is written"
    decided = {
        "verdict": approval.verdict.value,
        "decided_by": approval.decided_by,
        "decided_at": approval.decided_at,
        "reason": approval.reason,
    }
    compare_and_set(tx, ApprovalRow, int(approval.id), approval.version, decided)
    row = {"approval_id": int(approval.id), "verdict": approval.verdict.value, "by": approval.decided_by, "at": approval.decided_at}
    try:
        insert_row(tx, DecisionRow, row)
    except IntegrityError as error:
        raise Conflict(f"{approval.id} has a decision") from error


def waiting(tx: Tx, *, limit: int) -> tuple[int, list[Approval]]:
    """How many approvals wait, and the first of them, oldest first."""
    undecided = ApprovalRow.verdict.is_(None)
    count = tx.connection.execute(select(func.count()).select_from(ApprovalRow).where(undecided)).scalar_one()
    query = select(*ApprovalRow.__table__.columns).where(undecided).order_by(ApprovalRow.requested_at, ApprovalRow.id).limit(limit)
    return count, [_approval(row) for row in tx.connection.execute(query).mappings()]


def _approval(row: RowMapping) -> Approval:
    return Approval(
        id=ApprovalId(row["id"]),
        key=row["key"],
        subject=row["subject"],
        maker=row["maker"],
        requested_at=row["requested_at"],
        customer=row["customer_id"],
        title=row["title"] or "",
        verdict=None if row["verdict"] is None else Verdict(row["verdict"]),
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
        reason=row["reason"],
        version=row["version"],
    )
