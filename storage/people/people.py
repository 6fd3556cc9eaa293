"""Assigned roles and departments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import RowMapping, func, select, update

from risk_engine.people.membership import Member, in_order
from risk_engine.people.roles import Role
from storage.database import Conflict, Tx
from storage.queries.prepared import prepared
from storage.rows import insert_once, written
from storage.schema import MemberRow

_ALL = select(*MemberRow.__table__.columns)
_ANYBODY = select(MemberRow.id).where(MemberRow.holds).limit(1)


@prepared
def _by_id(_tx: Tx, *, person: Any) -> Any:
    return _ALL.where(MemberRow.id == person)


def get(tx: Tx, person: str) -> Member:
    """Return a person's present roles and departments; empty for somebody without an assignment."""
    row = _by_id(tx, person=person).mappings().one_or_none()
    return Member(person) if row is None else _member(row)


def anybody_holds(tx: Tx) -> bool:
    """Return True if any role has been assigned."""
    return tx.connection.execute(_ANYBODY).one_or_none() is not None


def page(tx: Tx, *, limit: int, offset: int = 0) -> tuple[int, Sequence[Member]]:
    """Return the number of people with a role or a department, and a page of them, the last change first."""
    there = (MemberRow.holds | (MemberRow.departments != []),)
    count = tx.connection.execute(select(func.count()).select_from(MemberRow).where(*there)).scalar_one()
    query = _ALL.where(*there).order_by(MemberRow.given_at.desc(), MemberRow.id).limit(limit).offset(offset)
    return count, [_member(row) for row in tx.connection.execute(query).mappings()]


def holders(tx: Tx, role: Role) -> list[str]:
    """Return the people with a role, sorted by id."""
    query = _ALL.where(MemberRow.holds).order_by(MemberRow.id)
    return [row["id"] for row in tx.connection.execute(query).mappings() if role.value in row["roles"]]


def save(tx: Tx, member: Member) -> None:
    """Write a person's changed roles and departments.

    Raises:
        Conflict: somebody else changed them meanwhile.
    """
    if member.version == 0:
        if not insert_once(tx, MemberRow, _row(member)):
            raise Conflict(f"{member.id} is on record")
        return
    seen = (MemberRow.id == member.id, MemberRow.version == member.version)
    if tx.connection.execute(update(MemberRow).where(*seen).values(**_row(member))).rowcount != 1:
        raise Conflict(f"{member.id} is no longer at version {member.version}")
    written(tx, MemberRow, member.id)


def _row(member: Member) -> dict[str, Any]:
    return {
        "id": member.id,
        "roles": in_order(member.roles),
        "departments": sorted(member.departments),
        "holds": bool(member.roles),
        "given_by": member.given_by,
        "given_at": member.given_at,
        "version": member.version + 1,
    }


def _member(row: RowMapping) -> Member:
    return Member(
        row["id"],
        frozenset(Role(role) for role in row["roles"]),
        frozenset(row["departments"]),
        row["given_by"],
        row["given_at"],
        row["version"],
    )
