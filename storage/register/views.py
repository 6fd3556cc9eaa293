"""People's views of a risk."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select

from risk_engine.references import RiskId
from risk_engine.register.assessment import Assessment
from risk_engine.register.consensus import View
from risk_engine.register.residual import AXES
from storage.database import Tx
from storage.rows import written
from storage.schema import ViewRow


def add(tx: Tx, risk: RiskId, view: View, *, decided: bool = False) -> None:
    """Store a person's view, or a facilitator's decision."""
    steps: dict[str, int | None] = {axis: getattr(view.assessment, axis) for axis in AXES}
    row: dict[str, Any] = {"risk_id": int(risk), "by": view.by, "reason": view.reason, "at": view.at, "decided": decided, **steps}
    written(tx, ViewRow, tx.connection.execute(insert(ViewRow).values(row).returning(ViewRow.id)).scalar_one())


def of_risk(tx: Tx, risk: RiskId) -> list[View]:
    """Return the views of a risk without the decisions, oldest first."""
    return [view for view, decided in history(tx, risk) if not decided]


def history(tx: Tx, risk: RiskId) -> list[tuple[View, bool]]:
    """Return every view of a risk, and whether it was a facilitator's decision, oldest first."""
    table = ViewRow
    columns = (table.by, table.reason, table.at, table.decided, *(getattr(table, axis) for axis in AXES))
    query = select(*columns).where(table.risk_id == int(risk)).order_by(table.id)
    return [(View(by, Assessment(*steps), at, reason), decided) for by, reason, at, decided, *steps in tx.connection.execute(query)]
