"""Judgements of people about customers' default."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, RowMapping, or_, select
from sqlalchemy.exc import IntegrityError

from risk_engine.approvals.proposal import ProposalState
from risk_engine.classification.judgement import Judgement
from risk_engine.classification.judgement_kinds import JudgementKind
from risk_engine.references import JudgementId
from storage.database import Conflict, Tx
from storage.rows import compare_and_set, insert_row, next_number, one_seen
from storage.schema import JudgementRow
from storage.visibility import visible

_SAME = ("since", "until", "reason", "proposed_by", "proposed_at", "version")


def next_id(tx: Tx) -> JudgementId:
    return JudgementId(next_number(tx, JudgementId.letter))


def add(tx: Tx, judgement: Judgement) -> None:
    """Write a new judgement.

    Raises:
        Conflict: another of its kind was proposed meanwhile for the customer.
    """
    same = {name: getattr(judgement, name) for name in _SAME}
    words = {"kind": judgement.kind.value, "state": judgement.state.value}
    ends = None if judgement.ends is None else int(judgement.ends)
    try:
        insert_row(tx, JudgementRow, {"id": int(judgement.id), "customer_id": judgement.customer, "ends": ends, **words, **same})
    except IntegrityError as error:
        raise Conflict(f"{judgement.customer} has a pending judgement of the kind {judgement.kind}") from error


def get(tx: Tx, id: JudgementId) -> Judgement | None:
    row = one_seen(tx, JudgementRow, int(id))
    return None if row is None else _judgement(row)


def save(tx: Tx, judgement: Judgement) -> None:
    compare_and_set(tx, JudgementRow, int(judgement.id), judgement.version, {"state": judgement.state.value})


def waiting(tx: Tx, customer: str, kind: JudgementKind) -> Judgement | None:
    """Return the customer's pending judgement of a kind."""
    found = _found(tx, _of(customer), JudgementRow.kind == kind.value, JudgementRow.state == ProposalState.PROPOSED.value, limit=1)
    return next(iter(found), None)


def in_force(tx: Tx, customer: str, *, on: date) -> list[Judgement]:
    """Return the customer's lasting judgements that apply on a day, the newest first."""
    approved = JudgementRow.state == ProposalState.APPROVED.value
    found = _found(tx, _of(customer), approved, JudgementRow.since <= on, or_(JudgementRow.until.is_(None), JudgementRow.until >= on))
    return [one for one in found if one.in_force(on)]


def on_record(tx: Tx, customer: str, *, at: datetime | None = None, limit: int = 20) -> list[Judgement]:
    """Return the customer's judgements proposed by a moment, the newest first, in their present states."""
    return _found(tx, _of(customer), *([] if at is None else [JudgementRow.proposed_at <= at]), limit=limit)


def _of(customer: str) -> ColumnElement[bool]:
    return JudgementRow.customer_id == customer


def _found(tx: Tx, *conditions: ColumnElement[bool], limit: int | None = None) -> list[Judgement]:
    query = select(*JudgementRow.__table__.columns).where(*conditions, *visible(tx, JudgementRow.customer_id))
    rows: Sequence[RowMapping] = tx.connection.execute(query.order_by(JudgementRow.id.desc()).limit(limit)).mappings().all()
    return [_judgement(row) for row in rows]


def _judgement(row: RowMapping) -> Judgement:
    return Judgement(
        id=JudgementId(row["id"]),
        customer=row["customer_id"],
        kind=JudgementKind(row["kind"]),
        ends=None if row["ends"] is None else JudgementId(row["ends"]),
        state=ProposalState(row["state"]),
        **{name: row[name] for name in _SAME},
    )
