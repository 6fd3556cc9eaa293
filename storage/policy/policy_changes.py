"""Changes of the policy: proposals and decisions."""

from __future__ import annotations

from sqlalchemy import RowMapping, select, update
from sqlalchemy.exc import IntegrityError

from risk_engine.approvals.proposal import ProposalState
from risk_engine.policy.policy_change import PolicyChange
from risk_engine.policy.policy_keys import Path
from risk_engine.references import PolicyChangeId
from storage.database import Conflict, Tx
from storage.rows import compare_and_set, insert_row, next_number, one_by_id, written
from storage.schema import PolicyChangeRow


def next_id(tx: Tx) -> PolicyChangeId:
    return PolicyChangeId(next_number(tx, PolicyChangeId.letter))


def add(tx: Tx, change: PolicyChange) -> None:
    """Write a proposal.

    Raises:
        Conflict: another change of this key was proposed meanwhile.
    """
    same = {name: getattr(change, name) for name in ("value", "back", "before", "base", "reason", "proposed_by", "proposed_at", "version")}
    try:
        insert_row(tx, PolicyChangeRow, {"id": int(change.id), "path": list(change.path), "state": change.state.value, **same})
    except IntegrityError as error:
        raise Conflict(f"a change of {change.key} is waiting") from error


def get(tx: Tx, id: PolicyChangeId) -> PolicyChange | None:
    row = one_by_id(tx, PolicyChangeRow, int(id))
    return None if row is None else _change(row)


def save(tx: Tx, change: PolicyChange) -> None:
    compare_and_set(tx, PolicyChangeRow, int(change.id), change.version, {"state": change.state.value})


def replace_earlier(tx: Tx, change: PolicyChange) -> None:
    """End earlier approved changes of this key."""
    table = PolicyChangeRow
    of_it = (table.path == list(change.path), table.state == ProposalState.APPROVED.value, table.id != int(change.id))
    query = update(table).where(*of_it).values(state=ProposalState.REPLACED.value, version=table.version + 1).returning(table.id)
    for id in tx.connection.execute(query).scalars().all():
        written(tx, table, id)


def approved(tx: Tx) -> list[PolicyChange]:
    """Return the changes in force, one per key, the oldest first, including those that undo earlier ones."""
    return _found(tx, PolicyChangeRow.state == ProposalState.APPROVED.value)


def waiting(tx: Tx) -> list[PolicyChange]:
    """Return the pending changes, the oldest first."""
    return _found(tx, PolicyChangeRow.state == ProposalState.PROPOSED.value)


def of_key(tx: Tx, path: Path) -> list[PolicyChange]:
    """Return every change of a key, the oldest first."""
    return _found(tx, PolicyChangeRow.path == list(path))


def _found(tx: Tx, *conditions: object) -> list[PolicyChange]:
    query = select(*PolicyChangeRow.__table__.columns).where(*conditions).order_by(PolicyChangeRow.id)  # type: ignore[arg-type]
    return [_change(row) for row in tx.connection.execute(query).mappings()]


def _change(row: RowMapping) -> PolicyChange:
    return PolicyChange(
        id=PolicyChangeId(row["id"]),
        path=tuple(row["path"]),
        value=row["value"],
        back=row["back"],
        before=row["before"],
        base=row["base"],
        reason=row["reason"],
        state=ProposalState(row["state"]),
        proposed_by=row["proposed_by"],
        proposed_at=row["proposed_at"],
        version=row["version"],
    )
