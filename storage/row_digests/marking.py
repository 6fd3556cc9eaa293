"""Marks of customers whose facts have changed since they were last scored, made of the rows that each transaction states."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import and_, insert, select
from sqlalchemy.orm import aliased

from storage.database import Tx
from storage.queries.among import among
from storage.row_digests.covered import GROUPS, ROWS, Groups
from storage.schema import FacilityVersionRow, ImportRow, ScoreMarkRow

# of more rows in one load it is not asked whose they are: scoring everybody takes no longer
MANY = 20_000
# what a scoring writes is no reason for another one
_WRITTEN_BY_SCORING = {"score_version", "score_driver", "score_run", "default_version"}


def mark(tx: Tx, customers: Collection[str]) -> None:
    """Mark customers as changed."""
    if customers:
        tx.connection.execute(insert(ScoreMarkRow), [{"customer_id": id} for id in sorted(customers)])


def mark_everybody(tx: Tx) -> None:
    """Mark the whole book as changed."""
    tx.connection.execute(insert(ScoreMarkRow).values(customer_id=None))


def rows_stated(tx: Tx, found: Mapping[str, Mapping[str, Any]]) -> None:
    """Mark the customers to whom these single rows belong; a row that was deleted may have belonged to anybody.

    Args:
        found: the statements of rows, by table and key.
    """
    stated = [row for name, rows in found.items() if "customer_id" in ROWS[name].names for row in rows.values()]
    mark(tx, {row["customer_id"] for row in stated if row is not None and row["customer_id"] is not None})
    if any(row is None for row in stated):
        mark_everybody(tx)


def load_stated(tx: Tx, name: str, number: int, above: int, count: int) -> None:
    """Mark the customers to whom the rows of one load belong, and those to whom the versions before them belonged.

    Args:
        number, above: of the import, and the highest id of the table before it.
        count: the number of its rows.
    """
    if name in _WRITTEN_BY_SCORING or not count:
        return
    of = GROUPS[name]
    if count > MANY or _feeds_anew(tx, name, number) or not _columns(of) & {"customer_id", "facility"}:
        mark_everybody(tx)
        return
    whose = sa.union(*_whose(of, and_(of.by == number, of.table.id > above)))
    tx.connection.execute(insert(ScoreMarkRow).from_select(["customer_id"], whose))


def _feeds_anew(tx: Tx, name: str, number: int) -> bool:
    """Return True for the first payments of a day: until which day payments are fed matters to all schedules."""
    if name != "payment_version":
        return False
    of_payments = select(ImportRow.at).where(ImportRow.kind == "payments", ImportRow.id <= number).order_by(ImportRow.id.desc()).limit(2)
    days = [at.date() for at in tx.connection.execute(of_payments).scalars()]
    return len(days) < 2 or days[0] != days[1]


def _columns(of: Groups) -> set[str]:
    return {column.name for column in of.table.__table__.columns}


def _whose(of: Groups, written: Any) -> Iterator[Any]:
    """Yield the queries for the customers of new rows, or of earlier versions of them."""
    table, columns, lent = of.table, _columns(of), FacilityVersionRow
    versions = aliased(table)
    same = and_(*(getattr(versions, name).is_not_distinct_from(getattr(table, name)) for name in of.succession))
    if "customer_id" in columns:
        # the new row itself is one of the versions
        yield select(versions.customer_id).join(table, same).where(written)
    if "facility" in columns and table is not lent:
        yield select(lent.customer_id).join(versions, versions.facility == lent.facility).join(table, same).where(written)
    if "group" in columns:
        # a group that a customer has left is another one without it
        member = aliased(table)
        belongs = (member.group == versions.group) & member.superseded_at.is_(None)
        yield select(member.customer_id).select_from(table).join(versions, same).join(member, belongs).where(written)


def pending(tx: Tx) -> tuple[list[int], list[str] | None]:
    """Return the numbers of the present marks, and the marked customers; None is everybody."""
    found = tx.connection.execute(select(ScoreMarkRow.id, ScoreMarkRow.customer_id).order_by(ScoreMarkRow.id)).all()
    customers = {customer for _id, customer in found}
    return [id for id, _customer in found], None if None in customers else sorted(str(one) for one in customers)


def settle(tx: Tx, marks: Collection[int]) -> None:
    """Take away marks whose customers have been scored since."""
    if marks:
        tx.connection.execute(sa.delete(ScoreMarkRow).where(among(tx, ScoreMarkRow.id, marks)))
