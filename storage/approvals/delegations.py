"""Delegations of authority and their terms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, func, or_, select

from risk_engine.approvals.approval_kinds import ApprovalKind
from risk_engine.approvals.delegation import Delegation
from risk_engine.references import DelegationId
from storage.database import Tx
from storage.rows import compare_and_set, insert_row, next_number, one_by_id
from storage.schema import DelegationRow

_SAME = ("giver", "delegate", "since", "until", "reason", "created_at", "revoked_at", "version")


def next_id(tx: Tx) -> DelegationId:
    return DelegationId(next_number(tx, DelegationId.letter))


def add(tx: Tx, delegation: Delegation) -> None:
    same = {name: getattr(delegation, name) for name in _SAME}
    more = {"kinds": [kind.value for kind in delegation.kinds], "created_by": delegation.giver}
    insert_row(tx, DelegationRow, {"id": int(delegation.id), **same, **more})


def get(tx: Tx, id: DelegationId) -> Delegation | None:
    row = one_by_id(tx, DelegationRow, int(id))
    return None if row is None else _delegation(row)


def revoke(tx: Tx, delegation: Delegation, *, by: str) -> None:
    """Record that a delegation was revoked.

    Raises:
        Conflict: it was changed meanwhile.
    """
    compare_and_set(tx, DelegationRow, int(delegation.id), delegation.version, {"revoked_at": delegation.revoked_at, "revoked_by": by})


def to(tx: Tx, delegate: str, *, at: datetime) -> list[Delegation]:
    """Return the delegations that a person may use now, oldest first."""
    return _found(tx, DelegationRow.delegate == delegate, DelegationRow.since <= at, *_stands(at))


def of(tx: Tx, person: str, *, at: datetime) -> list[Delegation]:
    """Return the delegations that a person has given or received and that have not ended, including future ones."""
    return _found(tx, or_(DelegationRow.giver == person, DelegationRow.delegate == person), *_stands(at))


def standing(tx: Tx, *, at: datetime, limit: int, offset: int = 0) -> tuple[int, list[Delegation]]:
    """Return the number of delegations that have not ended, and a page of them, earliest end first."""
    count = tx.connection.execute(select(func.count()).select_from(DelegationRow).where(*_stands(at))).scalar_one()
    query = _ALL.where(*_stands(at)).order_by(DelegationRow.until, DelegationRow.id).limit(limit).offset(offset)
    return count, [_delegation(row) for row in tx.connection.execute(query).mappings()]


_ALL = select(*DelegationRow.__table__.columns)


def _stands(at: datetime) -> Sequence[ColumnElement[bool]]:
    return (DelegationRow.until > at, DelegationRow.revoked_at.is_(None))


def _found(tx: Tx, *which: ColumnElement[bool]) -> list[Delegation]:
    return [_delegation(row) for row in tx.connection.execute(_ALL.where(*which).order_by(DelegationRow.id)).mappings()]


def _delegation(row: RowMapping) -> Delegation:
    same: dict[str, Any] = {name: row[name] for name in _SAME}
    return Delegation(id=DelegationId(row["id"]), kinds=tuple(ApprovalKind(kind) for kind in row["kinds"]), **same)
