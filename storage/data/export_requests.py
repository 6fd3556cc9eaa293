"""Requests for exports above a person's daily limit; the decision is stored with the approval."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import RowMapping, select

from risk_engine.references import ExportId
from storage.database import Tx
from storage.rows import insert_row, next_number
from storage.schema import ExportRow


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """A request to export an answer, with its number of customers and reason; ``answer`` is the key of its button."""

    id: ExportId
    answer: str
    person: str
    command: str
    customers: int
    reason: str
    requested_at: datetime


def next_id(tx: Tx) -> ExportId:
    return ExportId(next_number(tx, ExportId.letter))


def add(tx: Tx, asked: ExportRequest) -> None:
    insert_row(tx, ExportRow, asdict(asked) | {"id": int(asked.id)})


def get(tx: Tx, id: ExportId) -> ExportRequest | None:
    row = tx.connection.execute(_QUERY.where(ExportRow.id == int(id))).mappings().one_or_none()
    return None if row is None else _read(row)


def of_answer(tx: Tx, answer: str, person: str) -> ExportRequest | None:
    """Return the newest request of a person for this answer."""
    query = _QUERY.where(ExportRow.answer == answer, ExportRow.person == person).order_by(ExportRow.id.desc()).limit(1)
    row = tx.connection.execute(query).mappings().one_or_none()
    return None if row is None else _read(row)


_QUERY = select(*ExportRow.__table__.columns)


def _read(row: RowMapping) -> ExportRequest:
    return ExportRequest(**{**row, "id": ExportId(row["id"])})
