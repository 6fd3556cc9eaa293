"""Approval requests: steps, votes, conditions and the decision."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, case, func, literal, or_, select
from sqlalchemy.exc import IntegrityError

from risk_engine.approvals.approval import Approval
from risk_engine.approvals.approval_kinds import ApprovalKind
from risk_engine.approvals.ballot import Choice, Stage, Vote
from risk_engine.approvals.condition import Condition
from risk_engine.approvals.proposal import ProposalState
from risk_engine.people.roles import Role
from risk_engine.references import ApprovalId, Reference, of_kind
from storage.approvals import conditions
from storage.database import Conflict, Tx
from storage.rows import compare_and_set, insert_row, next_number
from storage.schema import ApprovalRow, DecisionRow, VoteRow
from storage.visibility import visible_or_none

_SAME = ("key", "maker", "requested_at", "expires_at", "title", "amount", "step", "reminded", "version")


def next_id(tx: Tx) -> ApprovalId:
    return ApprovalId(next_number(tx, ApprovalId.letter))


def add(tx: Tx, approval: Approval) -> None:
    row = {name: getattr(approval, name) for name in _SAME}
    more = {
        "subject_kind": approval.subject.letter,
        "subject_id": int(approval.subject),
        "kind": approval.kind.value,
        "customer_id": approval.customer,
        "stages": _written(approval.stages),
        "picture": dict(approval.picture),
    }
    insert_row(tx, ApprovalRow, {"id": int(approval.id), **row, **more})


def get(tx: Tx, id: ApprovalId, *, lock: bool = False) -> Approval | None:
    """Return the approval of this number; with ``lock`` nobody else changes it until the transaction ends."""
    return next(iter(_found(tx, ApprovalRow.id == int(id), lock=lock)), None)


def by_key(tx: Tx, key: str) -> Approval | None:
    """Return the approval whose buttons carry this key; a writer locks it until the transaction ends."""
    return next(iter(_found(tx, ApprovalRow.key == key, lock=tx.writes)), None)


def by_ids(tx: Tx, ids: Collection[ApprovalId]) -> list[Approval]:
    """Return these approvals, in the order of their numbers."""
    return _found(tx, ApprovalRow.id.in_([int(id) for id in ids]))


def about(kind: type[Reference], id: Any) -> ColumnElement[bool]:
    """Return the condition that an approval is about this kind and number; the number may be another table's column."""
    return and_(ApprovalRow.subject_kind == kind.letter, ApprovalRow.subject_id == id)


def of_subject(tx: Tx, subject: Reference) -> Approval | None:
    """Return the newest approval about a subject."""
    newest = select(func.max(ApprovalRow.id)).where(about(type(subject), int(subject))).scalar_subquery()
    return next(iter(_found(tx, ApprovalRow.id == newest)), None)


def save(tx: Tx, before: Approval, after: Approval) -> None:
    """Write the votes, conditions and decision since ``before``, each once, guarded by version and by unique rows.

    Raises:
        Conflict: somebody voted or decided meanwhile.
    """
    verdict = None if after.verdict is None else after.verdict.value
    ended = {"verdict": verdict, "decided_by": after.decided_by, "decided_at": after.decided_at, "reason": after.reason}
    kept = {"step": after.step, "stages": _written(after.stages), "reminded": after.reminded, **ended}
    compare_and_set(tx, ApprovalRow, int(after.id), before.version, kept)
    try:
        for number, vote in enumerate(after.votes[len(before.votes) :], len(before.votes) + 1):
            insert_row(tx, VoteRow, {"approval_id": int(after.id), "number": number, "maker": after.maker, **asdict(vote)})
        for condition in after.conditions[len(before.conditions) :]:
            conditions.add(tx, condition)
        if verdict is not None:
            insert_row(tx, DecisionRow, {"approval_id": int(after.id), "verdict": verdict, "by": after.decided_by, "at": after.decided_at})
    except IntegrityError as error:
        raise Conflict(f"{after.id} has a decision, or this voice was heard") from error


def waiting(tx: Tx, *, limit: int, offset: int = 0) -> tuple[int, list[Approval]]:
    """Return the number of pending approvals, and a page of them, oldest first."""
    undecided = (ApprovalRow.verdict.is_(None), *visible_or_none(tx, ApprovalRow.customer_id))
    count = tx.connection.execute(select(func.count()).select_from(ApprovalRow).where(*undecided)).scalar_one()
    query = select(ApprovalRow.id).where(*undecided).order_by(ApprovalRow.requested_at, ApprovalRow.id).limit(limit).offset(offset)
    page = list(tx.connection.execute(query).scalars())
    found = {int(one.id): one for one in _found(tx, ApprovalRow.id.in_(page))}
    return count, [found[id] for id in page]


def alike(tx: Tx, approval: Approval) -> list[ApprovalId]:
    """Return other pending approvals of the same kind that ask for the same about the same customer, oldest first."""
    same = (
        ApprovalRow.verdict.is_(None),
        ApprovalRow.id != int(approval.id),
        ApprovalRow.kind == approval.kind.value,
        ApprovalRow.customer_id.is_not_distinct_from(approval.customer),
        func.lower(ApprovalRow.title) == approval.title.strip().lower(),
        *visible_or_none(tx, ApprovalRow.customer_id),
    )
    return [ApprovalId(id) for id in tx.connection.execute(select(ApprovalRow.id).where(*same).order_by(ApprovalRow.id)).scalars()]


def decided(tx: Tx, *, limit: int, offset: int = 0) -> tuple[int, list[Approval]]:
    """Return the number of closed approvals, and a page of them, newest first."""
    ended = (ApprovalRow.verdict.is_not(None), *visible_or_none(tx, ApprovalRow.customer_id))
    count = tx.connection.execute(select(func.count()).select_from(ApprovalRow).where(*ended)).scalar_one()
    query = select(ApprovalRow.id).where(*ended).order_by(ApprovalRow.decided_at.desc(), ApprovalRow.id.desc()).limit(limit).offset(offset)
    page = list(tx.connection.execute(query).scalars())
    found = {int(one.id): one for one in _found(tx, ApprovalRow.id.in_(page))}
    return count, [found[id] for id in page]


def to_look_after(tx: Tx, *, now: datetime, remind_hours: Sequence[int], warn_hours: int, limit: int) -> list[ApprovalId]:
    """Return up to ``limit`` pending approvals: first the expired ones, then those with reminders due."""
    over = ApprovalRow.expires_at <= now
    due: list[Any] = [case((ApprovalRow.requested_at <= now - timedelta(hours=hours), 1), else_=0) for hours in remind_hours]
    due += [case((ApprovalRow.expires_at <= now + timedelta(hours=warn_hours), 1), else_=0)] if warn_hours else []
    which = or_(over, sum(due, literal(0)) > ApprovalRow.reminded)
    query = select(ApprovalRow.id).where(ApprovalRow.verdict.is_(None), which).order_by(~over, ApprovalRow.expires_at, ApprovalRow.id)
    return [ApprovalId(id) for id in tx.connection.execute(query.limit(limit)).scalars()]


def waiting_ids(tx: Tx) -> list[ApprovalId]:
    """Return all pending approvals, oldest first."""
    query = select(ApprovalRow.id).where(ApprovalRow.verdict.is_(None)).order_by(ApprovalRow.requested_at, ApprovalRow.id)
    return [ApprovalId(id) for id in tx.connection.execute(query).scalars()]


def _found(tx: Tx, *which: ColumnElement[bool], lock: bool = False) -> list[Approval]:
    query = select(*ApprovalRow.__table__.columns).where(*which, *visible_or_none(tx, ApprovalRow.customer_id)).order_by(ApprovalRow.id)
    rows = tx.connection.execute(query.with_for_update() if lock else query).mappings().all()
    if not rows:
        return []
    votes, asked = _votes(tx, [row["id"] for row in rows]), conditions.of_approvals(tx, [row["id"] for row in rows])
    return [_approval(row, votes.get(row["id"], []), asked.get(row["id"], [])) for row in rows]


def _votes(tx: Tx, ids: Sequence[int]) -> dict[int, list[Vote]]:
    query = select(*VoteRow.__table__.columns).where(VoteRow.approval_id.in_(ids)).order_by(VoteRow.approval_id, VoteRow.number)
    found: dict[int, list[Vote]] = {}
    for row in tx.connection.execute(query).mappings():
        said = {name: row[name] for name in ("step", "person", "authority", "at", "reason", "seen")}
        found.setdefault(row["approval_id"], []).append(Vote(choice=Choice(row["choice"]), **said))
    return found


def _approval(row: RowMapping, votes: Sequence[Vote], asked: Sequence[Condition]) -> Approval:
    same: dict[str, Any] = {name: row[name] for name in (*_SAME, "picture", "decided_by", "decided_at", "reason") if name != "title"}
    return Approval(
        id=ApprovalId(row["id"]),
        subject=of_kind(row["subject_kind"], row["subject_id"]),
        title=row["title"] or "",
        customer=row["customer_id"],
        kind=ApprovalKind(row["kind"]),
        stages=tuple(_stage(stage) for stage in row["stages"]),
        votes=tuple(votes),
        conditions=tuple(asked),
        verdict=None if row["verdict"] is None else ProposalState(row["verdict"]),
        **same,
    )


def _written(stages: Sequence[Stage]) -> list[dict[str, Any]]:
    return [asdict(stage) for stage in stages]


def _stage(kept: dict[str, Any]) -> Stage:
    return Stage(**kept | {"role": Role(kept["role"]), "people": tuple(kept["people"]), "veto": tuple(kept["veto"])})
