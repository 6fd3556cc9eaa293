"""Reconciliation of single rows just before they are relied on: an approval, or somebody's roles."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import select

from risk_engine.events import kinds
from risk_engine.people.events import RoleGiven, RoleTaken
from risk_engine.references import ApprovalId
from storage.audit.reconciliation import said
from storage.audit.reconciliation.said import Said
from storage.database import Tx
from storage.row_digests import cells, stating
from storage.row_digests.covered import ROWS, WITH_ROWS
from storage.schema import ApprovalRow, ConditionRow, DecisionRow, EventRow, MemberRow, VoteRow

_OF_APPROVALS: tuple[tuple[Any, Any], ...] = (
    (ApprovalRow, ApprovalRow.id),
    (VoteRow, VoteRow.approval_id),
    (DecisionRow, DecisionRow.approval_id),
    (ConditionRow, ConditionRow.approval_id),
)
_ROLES = kinds(RoleGiven, RoleTaken)


def approval(tx: Tx, id: ApprovalId) -> bool:
    """Return True if a request, its votes, decision and conditions match the trail, or were written just now."""
    wanted = [(table, column, int(id)) for table, column in _OF_APPROVALS]
    return _is_new(tx, ApprovalRow, int(id)) or _holds(tx, lambda: _as_said(tx, wanted, _of_approval(tx, id)))


def member(tx: Tx, person: str) -> bool:
    """Return True if somebody's roles and departments match the trail, or were written just now."""
    wanted = [(MemberRow, MemberRow.id, person)]
    return _is_new(tx, MemberRow, person) or _holds(tx, lambda: _as_said(tx, wanted, _events(tx, [person], _ROLES, newest=1)))


def _holds(tx: Tx, compare: Callable[[], bool]) -> bool:
    """Compare rows, twice for PostgreSQL writers, as another commit may come between reading events and rows."""
    return compare() or (tx.writes and tx.dialect == "postgresql" and compare())


def _of_approval(tx: Tx, id: ApprovalId) -> list[tuple[int, Any]]:
    """Return the events about a request and its subject; the subject's event comes first and states the decision too."""
    about = select(ApprovalRow.subject_kind, ApprovalRow.subject_id).where(ApprovalRow.id == int(id))
    subjects = [f"{letter}-{number}" for letter, number in tx.connection.execute(about)]
    return _events(tx, [str(id), *subjects], WITH_ROWS)


def _is_new(tx: Tx, table: Any, key: Any) -> bool:
    """Return True if this transaction has written a row that its next event will state."""
    return (key,) in tx.changes.rows.get(table.__tablename__, {})


def _events(tx: Tx, subjects: Sequence[str], kinds: Sequence[str], newest: int | None = None) -> list[tuple[int, Any]]:
    query = select(EventRow.id, EventRow.payload).where(EventRow.subject.in_(subjects), EventRow.kind.in_(kinds))
    return [(id, payload) for id, payload in tx.connection.execute(query.order_by(EventRow.id.desc()).limit(newest))]


def _as_said(tx: Tx, wanted: Sequence[tuple[Any, Any, Any]], events: Sequence[tuple[int, Any]]) -> bool:
    known, rows, keys = Said(), dict[str, dict[str, Any]](), dict[str, set[str]]()
    silent = [id for id, payload in sorted(events, key=itemgetter(0)) if not known.take(id, payload)]
    for table, column, value in wanted:
        name = table.__tablename__
        rows[name] = _rows(tx, table, column == value)
        keys[name] = {*rows[name], *_stated(known, name, column.name, value)}
    if _agrees(known, rows, keys):
        return True
    for id, payload in said.about(tx, keys):
        known.take(id, payload)
    if _are_older(tx, silent):
        # rows without any statement cannot be compared
        keys = {name: of_it & known.rows.get(name, {}).keys() for name, of_it in keys.items()}
    return _agrees(known, rows, keys)


def _stated(known: Said, name: str, column: str, value: Any) -> list[str]:
    """Return the rows that belong to this thing; an event may state others too."""
    stated = known.rows.get(name, {}).items()
    return [key for key, (_event, cells) in stated if not isinstance(cells, Mapping) or cells.get(column) == value]


def _are_older(tx: Tx, silent: Sequence[int]) -> bool:
    """Return True if one of these silent events predates statements, and earlier rows are not covered yet."""
    return bool(silent) and min(silent) <= said.bound(tx) and said.baseline(tx) is None


def _agrees(known: Said, rows: dict[str, dict[str, Any]], keys: dict[str, set[str]]) -> bool:
    """Return True if each of these rows matches the trail, and none is missing or extra."""
    return all(_same(known, name, key, rows[name].get(key)) for name, of_it in keys.items() for key in of_it)


def _rows(tx: Tx, table: Any, which: Any) -> dict[str, dict[str, cells.Cell]]:
    of = ROWS[table.__tablename__]
    query = select(*of.key, *(cells.spelled(tx, column) for column in of.columns)).where(which)
    width = len(of.key)
    return {stating.spelled(row[:width]): of.stated(row[width:]) for row in tx.connection.execute(query)}


def _same(known: Said, name: str, key: str, values: dict[str, cells.Cell] | None) -> bool:
    if key not in known.rows.get(name, {}):
        return False
    _event, statement = known.rows[name][key]
    return statement == (cells.digest(values) if isinstance(statement, str) and values is not None else values)
