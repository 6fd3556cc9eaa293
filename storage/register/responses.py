"""Responses to risks."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, Select, func, select

from risk_engine.approvals.proposal import ProposalState
from risk_engine.references import ResponseId, RiskId
from risk_engine.register.assessment import Level
from risk_engine.register.control import Effects
from risk_engine.register.residual import AXES
from risk_engine.register.response import UNDER_WAY, UNFINISHED, Basis, MeasureKind, Response, Strategy
from storage.database import Tx
from storage.queries.prepared import prepared
from storage.rows import compare_and_set, insert_row, next_number, searched
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


_BASIS = ("basis_grade", "basis_exposure", "basis_level")
_UNDER_WAY = [state.value for state in UNDER_WAY]
_UNFINISHED = [state.value for state in UNFINISHED]


def next_id(tx: Tx) -> ResponseId:
    return ResponseId(next_number(tx, ResponseId.letter))


def add(tx: Tx, response: Response) -> None:
    insert_row(tx, ResponseRow, _row(response))


def get(tx: Tx, id: ResponseId) -> Response | None:
    row = tx.connection.execute(_seen(tx).where(ResponseRow.id == int(id))).mappings().one_or_none()
    return None if row is None else _response(row)


def save(tx: Tx, response: Response) -> None:
    """Store its state, due date, progress and the facts of its approval; its strategy and measure do not change."""
    row = _row(response)
    changed = {name: row[name] for name in ("state", "due", "owner", "progress", "reminded", *_BASIS, "moved_by", "moved_at")}
    compare_and_set(tx, ResponseRow, int(response.id), response.version, changed)


@prepared
def _of_risks(tx: Tx, *, risks: Any) -> Any:
    return _seen(tx).where(ResponseRow.risk_id.in_(risks)).order_by(ResponseRow.id.desc())


def of_risks(tx: Tx, risks: list[RiskId]) -> list[Response]:
    """Return the responses to these risks, newest first."""
    return [_response(row) for row in _of_risks(tx, risks=[int(risk) for risk in risks]).mappings()] if risks else []


def unfinished(tx: Tx, risk: RiskId) -> list[ResponseId]:
    """Return the responses to a risk that are proposed, approved or in progress, oldest first."""
    query = select(ResponseRow.id).where(ResponseRow.risk_id == int(risk), ResponseRow.state.in_(_UNFINISHED))
    return [ResponseId(id) for id in tx.connection.execute(query.order_by(ResponseRow.id)).scalars()]


def under_way_titles(tx: Tx, text: str, *, limit: int) -> list[tuple[ResponseId, str]]:
    """Return responses that are approved or in progress whose number or measure contains the text, soonest due first."""
    query = select(ResponseRow.id, ResponseRow.measure).join(RiskRow, RiskRow.id == ResponseRow.risk_id)
    query = query.where(ResponseRow.state.in_(_UNDER_WAY), *visible(tx, RiskRow.customer_id))
    query = searched(query, text, ResponseRow.id, ResponseRow.measure).order_by(ResponseRow.due, ResponseRow.id).limit(limit)
    return [(ResponseId(id), measure) for id, measure in tx.connection.execute(query)]


def with_basis(tx: Tx) -> list[Response]:
    """Return the responses that are approved and not carried out, with the facts of their approval."""
    query = select(*ResponseRow.__table__.columns).where(ResponseRow.state.in_(_UNDER_WAY), ResponseRow.basis_level.is_not(None))
    return [_response(row) for row in tx.connection.execute(query.order_by(ResponseRow.id)).mappings()]


def overdue_by(tx: Tx, day: date) -> list[Response]:
    """Return the responses under way whose due date lies before a day."""
    query = select(*ResponseRow.__table__.columns).where(ResponseRow.state.in_(_UNDER_WAY), ResponseRow.due < day)
    return [_response(row) for row in tx.connection.execute(query.order_by(ResponseRow.id)).mappings()]


def overdue(tx: Tx, *, as_of: date, limit: int) -> tuple[int, list[Overdue]]:
    """Return the number of overdue approved responses, and the first of them: worst risk first, then longest overdue."""
    late = (ResponseRow.state.in_(_UNDER_WAY), ResponseRow.due < as_of, *visible(tx, RiskRow.customer_id))
    counted = select(func.count()).select_from(ResponseRow).join(RiskRow, RiskRow.id == ResponseRow.risk_id).where(*late)
    count = tx.connection.execute(counted).scalar_one()
    query = (
        select(ResponseRow.id, RiskRow.id, RiskRow.customer_id, ResponseRow.measure, ResponseRow.owner, ResponseRow.due)
        .join(RiskRow, RiskRow.id == ResponseRow.risk_id)
        .where(*late)
        .order_by(RiskRow.residual_level.desc(), ResponseRow.due, ResponseRow.id)
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
    basis = response.basis
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
        "kind": response.kind and response.kind.value,
        "department": response.department,
        "cost": response.cost,
        "currency": response.currency,
        "benefit": response.benefit,
        **asdict(response.effects),
        "progress": response.progress,
        "reminded": response.reminded,
        **dict(zip(_BASIS, (None,) * 3 if basis is None else (basis.grade, basis.exposure, int(basis.level)), strict=True)),
        "moved_by": response.moved_by,
        "moved_at": response.moved_at,
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
        kind=None if row["kind"] is None else MeasureKind(row["kind"]),
        department=row["department"],
        cost=row["cost"],
        currency=row["currency"],
        benefit=row["benefit"],
        effects=Effects(**{axis: row[axis] for axis in AXES}),
        progress=row["progress"],
        reminded=row["reminded"],
        basis=_basis(row),
        moved_by=row["moved_by"],
        moved_at=row["moved_at"],
    )


def _basis(row: RowMapping) -> Basis | None:
    grade, exposure, level = (row[name] for name in _BASIS)
    return None if level is None else Basis(grade, exposure, Level(level))
