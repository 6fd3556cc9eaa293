"""Risks of the register."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, select

from risk_engine.references import RiskId
from risk_engine.register.assessment import Assessment, Category, Level, RiskKind
from risk_engine.register.consensus import View
from risk_engine.register.register import Risk, RiskState, Standing
from risk_engine.register.residual import AXES
from storage.database import Tx
from storage.queries.prepared import prepared
from storage.register import views
from storage.rows import compare_and_set, insert_row, next_number, one_seen, searched
from storage.schema import RiskRow
from storage.visibility import visible

_FIXED = ("id", "customer_id", "kind", "category", "title", "source", "logged_by", "logged_at", "version")


def next_id(tx: Tx) -> RiskId:
    return RiskId(next_number(tx, RiskId.letter))


def add(tx: Tx, risk: Risk) -> None:
    """Store a new risk; its assessment is the first view of it, by the person who logs it."""
    insert_row(tx, RiskRow, _row(risk))
    views.add(tx, risk.id, View(risk.logged_by, risk.inherent, risk.logged_at, risk.title))


def save(tx: Tx, risk: Risk) -> None:
    """Store its state and its assessments; its customer, kind, words and the person who logged it do not change."""
    changed = {name: value for name, value in _row(risk).items() if name not in _FIXED}
    compare_and_set(tx, RiskRow, int(risk.id), risk.version, changed)


def get(tx: Tx, id: RiskId) -> Risk | None:
    row = one_seen(tx, RiskRow, int(id))
    return None if row is None else _risk(row)


@prepared
def _open_of(tx: Tx, *, customer: Any, at: Any, limit: Any) -> Any:
    query = select(*RiskRow.__table__.columns).where(RiskRow.customer_id == customer, RiskRow.open, *visible(tx, RiskRow.customer_id))
    query = query if at is None else query.where(RiskRow.logged_at <= at)
    return query.order_by(RiskRow.residual_level.desc(), RiskRow.id).limit(limit)


def open_of(tx: Tx, customer: str, *, at: datetime | None = None, limit: int = 10) -> list[Risk]:
    """Return a customer's open risks, as logged until a moment, worst first."""
    return [_risk(row) for row in _open_of(tx, customer=customer, at=at, limit=limit).mappings()]


def from_source(tx: Tx, source: str) -> RiskId | None:
    """Return the open risk that was logged from this source, as B-8."""
    query = select(RiskRow.id).where(RiskRow.source == source, RiskRow.open, *visible(tx, RiskRow.customer_id)).limit(1)
    id = tx.connection.execute(query).scalar_one_or_none()
    return None if id is None else RiskId(id)


def retained_before(tx: Tx, day: date) -> list[Risk]:
    """Return the retained risks whose last day lies before a day."""
    query = select(*RiskRow.__table__.columns).where(RiskRow.state == RiskState.RETAINED.value, RiskRow.retained_until < day)
    return [_risk(row) for row in tx.connection.execute(query.order_by(RiskRow.id)).mappings()]


def open_titles(tx: Tx, text: str, *, limit: int) -> list[tuple[RiskId, str]]:
    """Return open risks whose number or title contains the text, newest first."""
    query = select(RiskRow.id, RiskRow.title).where(RiskRow.open, *visible(tx, RiskRow.customer_id))
    query = searched(query, text, RiskRow.id, RiskRow.title).order_by(RiskRow.id.desc()).limit(limit)
    return [(RiskId(id), title) for id, title in tx.connection.execute(query)]


def _row(risk: Risk) -> dict[str, Any]:
    return {
        "id": int(risk.id),
        "customer_id": risk.customer,
        "kind": risk.kind.value,
        "category": risk.category.value,
        "title": risk.title,
        "likelihood": risk.inherent.likelihood,
        "severity": risk.inherent.severity,
        "scope": risk.inherent.scope,
        "customer_severity": risk.inherent.customer_severity,
        "level": int(risk.level),
        "owner": risk.owner,
        "department": risk.department,
        "source": risk.source,
        "logged_by": risk.logged_by,
        "logged_at": risk.logged_at,
        "open": risk.open,
        "version": risk.version,
        "state": risk.state.value,
        "moved_by": risk.moved_by,
        "moved_at": risk.moved_at,
        "objective": risk.objective,
        "assessed": risk.assessed,
        "reassess_by": risk.reassess_by,
        "retained_until": risk.retained_until,
        "current_level": int(risk.standing.current_level),
        "residual_level": int(risk.standing.residual_level),
        **_steps("current", None if risk.after is None else risk.after.current),
        **_steps("residual", None if risk.after is None else risk.after.residual),
    }


def _steps(stands: str, found: Assessment | None) -> dict[str, int | None]:
    return {f"{stands}_{axis}": None if found is None else getattr(found, axis) for axis in AXES}


def _risk(row: RowMapping) -> Risk:
    return Risk(
        id=RiskId(row["id"]),
        customer=row["customer_id"],
        kind=RiskKind(row["kind"]),
        category=Category(row["category"]),
        title=row["title"],
        inherent=Assessment(row["likelihood"], row["severity"], row["scope"], row["customer_severity"]),
        level=Level(row["level"]),
        owner=row["owner"],
        department=row["department"],
        source=row["source"],
        logged_by=row["logged_by"],
        logged_at=row["logged_at"],
        state=RiskState(row["state"]),
        moved_by=row["moved_by"],
        moved_at=row["moved_at"],
        objective=row["objective"],
        assessed=row["assessed"],
        reassess_by=row["reassess_by"],
        retained_until=row["retained_until"],
        after=_after(row),
        version=row["version"],
    )


def _after(row: RowMapping) -> Standing | None:
    if row["residual_likelihood"] is None:
        return None
    current, residual = (Assessment(*(row[f"{stands}_{axis}"] for axis in AXES)) for stands in ("current", "residual"))
    return Standing(current, Level(row["current_level"]), residual, Level(row["residual_level"]))
