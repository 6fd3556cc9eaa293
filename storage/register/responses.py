"""Responses to risks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, Select, func, select

from risk_engine.approvals.proposal import ProposalState
from risk_engine.references import ResponseId, RiskId
from risk_engine.register.response import Response, Strategy
from storage.database import Tx
from storage.queries.prepared import prepared
from storage.rows import compare_and_set, insert_row, next_number
from storage.schema import ResponseRow, RiskRow
from storage.visibility import visible


@dataclass(frozen=True, slots=True)
class Overdue:
    """A response past its due date."""

    id: ResponseId
    risk: RiskId
    customer: str
    measure: str
    owner: str
    days: int


def next_id(tx: Tx) -> ResponseId:
    return ResponseId(next_number(tx, ResponseId.letter))


def add(tx: Tx, response: Response) -> None:
    insert_row(tx, ResponseRow, _row(response))


def get(tx: Tx, id: ResponseId) -> Response | None:
    row = tx.connection.execute(_seen(tx).where(ResponseRow.id == int(id))).mappings().one_or_none()
    return None if row is None else _response(row)


def save(tx: Tx, response: Response) -> None:
    compare_and_set(tx, ResponseRow, int(response.id), response.version, {"state": response.state.value})


@prepared
def _of_risks(tx: Tx, *, risks: Any) -> Any:
    return _seen(tx).where(ResponseRow.risk_id.in_(risks)).order_by(ResponseRow.id.desc())


def of_risks(tx: Tx, risks: list[RiskId]) -> list[Response]:
    """Return the responses to these risks, newest first."""
    return [_response(row) for row in _of_risks(tx, risks=[int(risk) for risk in risks]).mappings()] if risks else []


def overdue(tx: Tx, *, as_of: date, limit: int) -> tuple[int, list[Overdue]]:
    """Return the number of overdue approved responses, and the first of them: worst risk first, then longest overdue."""
    late = (ResponseRow.state == ProposalState.APPROVED.value, ResponseRow.due < as_of, *visible(tx, RiskRow.customer_id))
    counted = select(func.count()).select_from(ResponseRow).join(RiskRow, RiskRow.id == ResponseRow.risk_id).where(*late)
    count = tx.connection.execute(counted).scalar_one()
    query = (
        select(ResponseRow.id, RiskRow.id, RiskRow.customer_id, ResponseRow.measure, ResponseRow.owner, ResponseRow.due)
        .join(RiskRow, RiskRow.id == ResponseRow.risk_id)
        .where(*late)
        .order_by(RiskRow.level.desc(), ResponseRow.due, ResponseRow.id)
        .limit(limit)
    )
    rows = tx.connection.execute(query)
    return count, [
        Overdue(ResponseId(id), RiskId(risk), customer, measure, owner, (as_of - due).days)
        for id, risk, customer, measure, owner, due in rows
    ]


def _seen(tx: Tx) -> Select[Any]:
    """Return the select of responses to the risks of visible customers."""
    query = select(*ResponseRow.__table__.columns)
    seen = visible(tx, RiskRow.customer_id)
    return query.join(RiskRow, RiskRow.id == ResponseRow.risk_id).where(*seen) if seen else query


def _row(response: Response) -> dict[str, Any]:
    return {
        "id": int(response.id),
        "risk_id": response.risk,
        "strategy": response.strategy.value,
        "measure": response.measure,
        "owner": response.owner,
        "due": response.due,
        "state": response.state.value,
        "proposed_by": response.proposed_by,
        "proposed_at": response.proposed_at,
        "version": response.version,
    }


def _response(row: RowMapping) -> Response:
    return Response(
        id=ResponseId(row["id"]),
        risk=row["risk_id"],
        strategy=Strategy(row["strategy"]),
        measure=row["measure"],
        owner=row["owner"],
        due=row["due"],
        state=ProposalState(row["state"]),
        proposed_by=row["proposed_by"],
        proposed_at=row["proposed_at"],
        version=row["version"],
    )
