"""Overrides of the model's grades by people."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import CursorResult, RowMapping, func, select

from risk_engine.approvals.proposal import ProposalState
from risk_engine.grading import Grade
from risk_engine.references import OverrideId
from risk_engine.scoring.override import Override
from storage.database import Tx
from storage.queries.prepared import prepared
from storage.rows import compare_and_set, insert_row, next_number, one_seen
from storage.schema import OverrideRow
from storage.visibility import visible


def next_id(tx: Tx) -> OverrideId:
    return OverrideId(next_number(tx, OverrideId.letter))


def add(tx: Tx, override: Override) -> None:
    same = {name: getattr(override, name) for name in ("until", "reason", "proposed_by", "proposed_at", "version")}
    grades = {"grade": int(override.grade), "model": int(override.model), "state": override.state.value}
    insert_row(tx, OverrideRow, {"id": int(override.id), "customer_id": override.customer, **grades, **same})


def get(tx: Tx, id: OverrideId) -> Override | None:
    row = one_seen(tx, OverrideRow, int(id))
    return None if row is None else _override(row)


def save(tx: Tx, override: Override) -> None:
    compare_and_set(tx, OverrideRow, int(override.id), override.version, {"state": override.state.value})


def waiting(tx: Tx, customer: str) -> Override | None:
    """Return the customer's pending override."""
    return _one(_newest(tx, customer=customer, state=ProposalState.PROPOSED.value, on=None))


def in_force(tx: Tx, customer: str, *, on: date) -> Override | None:
    """Return the customer's override in force on a day, the newest of several."""
    return _one(_newest(tx, customer=customer, state=ProposalState.APPROVED.value, on=on))


def count(tx: Tx, *, on: date) -> int:
    """Return the number of customers with an override in force on a day."""
    query = select(func.count(OverrideRow.customer_id.distinct())).where(
        OverrideRow.state == ProposalState.APPROVED.value, OverrideRow.until >= on
    )
    return tx.connection.execute(query.where(*visible(tx, OverrideRow.customer_id))).scalar_one()


@prepared
def _newest(tx: Tx, *, customer: Any, state: Any, on: Any) -> Any:
    table = OverrideRow
    query = select(*table.__table__.columns).where(table.customer_id == customer, table.state == state, *visible(tx, table.customer_id))
    return query.where(*([] if on is None else [table.until >= on])).order_by(table.id.desc()).limit(1)


def _one(found: CursorResult[*tuple[Any, ...]]) -> Override | None:
    row = found.mappings().one_or_none()
    return None if row is None else _override(row)


def _override(row: RowMapping) -> Override:
    return Override(
        id=OverrideId(row["id"]),
        customer=row["customer_id"],
        grade=Grade(row["grade"]),
        model=Grade(row["model"]),
        until=row["until"],
        reason=row["reason"],
        state=ProposalState(row["state"]),
        proposed_by=row["proposed_by"],
        proposed_at=row["proposed_at"],
        version=row["version"],
    )
