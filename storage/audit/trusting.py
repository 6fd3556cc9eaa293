"""Compare a few rows with the trail at the moment when something is about to be done on their word: an approval, somebody's roles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from risk_engine.references import ApprovalId
from storage.audit import cells, stating
from storage.audit.covered import ROWS, WITH_ROWS
from storage.audit.said import Said
from storage.database import Tx
from storage.schema import ApprovalRow, ConditionRow, DecisionRow, EventRow, MemberRow, VoteRow

_OF_APPROVALS: tuple[tuple[Any, Any], ...] = (
    (ApprovalRow, ApprovalRow.id),
    (VoteRow, VoteRow.approval_id),
    (DecisionRow, DecisionRow.approval_id),
    (ConditionRow, ConditionRow.approval_id),
)
_ROLES = ("role.given", "role.taken")
# what no event about the thing itself states: what was there before events did, and what was written without one
_REGISTER = "register"


def approval(tx: Tx, id: ApprovalId) -> bool:
    """Whether a request, its votes, its decision and its conditions are as the trail says, or were written just now."""
    return _is_new(tx, ApprovalRow, int(id)) or _as_said(
        tx, [(table, column == int(id)) for table, column in _OF_APPROVALS], _events(tx, str(id), WITH_ROWS)
    )


def member(tx: Tx, person: str) -> bool:
    """Whether somebody's roles and departments are as the trail says, or were written just now."""
    return _is_new(tx, MemberRow, person) or _as_said(tx, [(MemberRow, MemberRow.id == person)], _events(tx, person, _ROLES, newest=1))


def _is_new(tx: Tx, table: Any, key: Any) -> bool:
    """Whether this transaction has written a row that its next event will state."""
    return (key,) in tx.changes.rows.get(table.__tablename__, {})


def _events(tx: Tx, subject: str, kinds: Sequence[str], newest: int | None = None) -> list[tuple[int, Any]]:
    query = select(EventRow.id, EventRow.payload).where(EventRow.subject == subject, EventRow.kind.in_(kinds))
    return [(id, payload) for id, payload in tx.connection.execute(query.order_by(EventRow.id.desc()).limit(newest))]


def _as_said(tx: Tx, wanted: Sequence[tuple[Any, Any]], events: Sequence[tuple[int, Any]]) -> bool:
    said, rows = Said(), {table.__tablename__: _rows(tx, table, which) for table, which in wanted}
    silent = [id for id, payload in sorted(events) if not said.take(id, payload)]
    keys = {name: {*found, *said.rows.get(name, {})} for name, found in rows.items()}
    if _agrees(said, rows, keys):
        return True
    for id, payload in _all_of(tx):
        said.take(id, payload)
    if silent and any(key not in said.rows.get(name, {}) for name, of_it in keys.items() for key in of_it):
        # older than the statements, and not covered yet: nothing to compare with
        return True
    return _agrees(said, rows, keys)


def _agrees(said: Said, rows: dict[str, dict[str, Any]], keys: dict[str, set[str]]) -> bool:
    """Whether each of these rows is as the trail says, and none is gone or too many."""
    return all(_same(said, name, key, rows[name].get(key)) for name, of_it in keys.items() for key in of_it)


def _all_of(tx: Tx) -> list[tuple[int, Any]]:
    query = select(EventRow.id, EventRow.payload).where(EventRow.subject == _REGISTER).order_by(EventRow.id)
    return [(id, payload) for id, payload in tx.connection.execute(query)]


def _rows(tx: Tx, table: Any, which: Any) -> dict[str, dict[str, cells.Cell]]:
    of = ROWS[table.__tablename__]
    query = select(*of.key, *(cells.spelled(tx, column) for column in of.columns)).where(which)
    width = len(of.key)
    return {stating.spelled(row[:width]): cells.stated(of.names, row[width:]) for row in tx.connection.execute(query)}


def _same(said: Said, name: str, key: str, values: dict[str, cells.Cell] | None) -> bool:
    if key not in said.rows.get(name, {}):
        return False
    _event, statement = said.rows[name][key]
    return statement == (cells.digest(values) if isinstance(statement, str) and values is not None else values)
