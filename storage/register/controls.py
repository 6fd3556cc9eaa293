"""Controls, the risks on which they act, and their tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, insert, select

from risk_engine.references import ControlId, ResponseId, RiskId
from risk_engine.register.control import Aspect, Control, ControlKind, ControlState, Effects
from risk_engine.register.residual import AXES
from storage.database import Tx
from storage.rows import compare_and_set, insert_row, next_number, one_seen, searched, written
from storage.schema import ControlRiskRow, ControlRow, ControlTestRow
from storage.visibility import visible


@dataclass(frozen=True, slots=True)
class Test:
    """A test of a control on record."""

    __test__ = False

    of: Aspect
    effective: bool
    evidence: str
    tester: str
    at: datetime


def next_id(tx: Tx) -> ControlId:
    return ControlId(next_number(tx, ControlId.letter))


def add(tx: Tx, control: Control) -> None:
    insert_row(tx, ControlRow, _row(control))
    for risk in control.risks:
        insert_row(tx, ControlRiskRow, {"control_id": int(control.id), "risk_id": risk})


def save(tx: Tx, control: Control) -> None:
    """Store its state, owner and results; the rest of a control does not change."""
    row = _row(control)
    changed = ("owner", "state", "state_by", "state_at", "next_test", "design", "operation", "tested_by", "tested_on")
    compare_and_set(tx, ControlRow, int(control.id), control.version, {name: row[name] for name in changed})


def add_test(tx: Tx, control: ControlId, test: Test) -> None:
    row = {"control_id": int(control), **{each.name: getattr(test, each.name) for each in fields(test)}}
    written(tx, ControlTestRow, tx.connection.execute(insert(ControlTestRow).values(row).returning(ControlTestRow.id)).scalar_one())


def tests(tx: Tx, control: ControlId) -> list[Test]:
    """Return the tests of a control, newest first."""
    table = ControlTestRow
    columns = (table.of, table.effective, table.evidence, table.tester, table.at)
    query = select(*columns).where(table.control_id == int(control)).order_by(table.id.desc())
    return [Test(Aspect(of), effective, evidence, tester, at) for of, effective, evidence, tester, at in tx.connection.execute(query)]


def get(tx: Tx, id: ControlId) -> Control | None:
    row = one_seen(tx, ControlRow, int(id))
    return None if row is None else _with_risks(tx, [row])[0]


def of_risks(tx: Tx, risks: Sequence[RiskId]) -> list[Control]:
    """Return the controls that act on one of these risks, oldest first."""
    acting = select(ControlRiskRow.control_id).where(ControlRiskRow.risk_id.in_([int(risk) for risk in risks]))
    return _found(tx, ControlRow.id.in_(acting)) if risks else []


def of_response(tx: Tx, response: ResponseId) -> list[Control]:
    """Return the controls that came from a response."""
    return _found(tx, ControlRow.response_id == int(response))


def untested_since(tx: Tx, day: date) -> list[Control]:
    """Return the controls tested effective whose next test was due before a day."""
    return _found(tx, ControlRow.state == ControlState.TESTED.value, ControlRow.next_test < day)


def live_titles(tx: Tx, text: str, *, limit: int) -> list[tuple[ControlId, str]]:
    """Return controls that are not retired whose number or title contains the text, newest first."""
    table = ControlRow
    query = select(table.id, table.title).where(table.state != ControlState.RETIRED.value, *visible(tx, table.customer_id))
    query = searched(query, text, table.id, table.title).order_by(table.id.desc()).limit(limit)
    return [(ControlId(id), title) for id, title in tx.connection.execute(query)]


def _found(tx: Tx, *where: Any) -> list[Control]:
    query = select(*ControlRow.__table__.columns).where(*where, *visible(tx, ControlRow.customer_id)).order_by(ControlRow.id)
    return _with_risks(tx, list(tx.connection.execute(query).mappings()))


def _with_risks(tx: Tx, rows: Sequence[RowMapping]) -> list[Control]:
    if not rows:
        return []
    table = ControlRiskRow
    query = select(table.control_id, table.risk_id).where(table.control_id.in_([row["id"] for row in rows])).order_by(table.risk_id)
    risks: dict[int, list[int]] = {}
    for control, risk in tx.connection.execute(query):
        risks.setdefault(control, []).append(risk)
    return [_control(row, tuple(risks.get(row["id"], ()))) for row in rows]


def _row(control: Control) -> dict[str, Any]:
    return {
        "id": int(control.id),
        "customer_id": control.customer,
        "response_id": control.response,
        "kind": control.kind.value,
        "title": control.title,
        "owner": control.owner,
        "department": control.department,
        **asdict(control.effects),
        "state": control.state.value,
        "state_by": control.state_by,
        "state_at": control.state_at,
        "every_days": control.every_days,
        "next_test": control.next_test,
        "design": control.design,
        "operation": control.operation,
        "tested_by": control.tested_by,
        "tested_on": control.tested_on,
        "version": control.version,
    }


def _control(row: RowMapping, risks: tuple[int, ...]) -> Control:
    return Control(
        id=ControlId(row["id"]),
        customer=row["customer_id"],
        risks=risks,
        response=row["response_id"],
        kind=ControlKind(row["kind"]),
        title=row["title"],
        owner=row["owner"],
        department=row["department"],
        effects=Effects(**{axis: row[axis] for axis in AXES}),
        state=ControlState(row["state"]),
        state_by=row["state_by"],
        state_at=row["state_at"],
        every_days=row["every_days"],
        next_test=row["next_test"],
        design=row["design"],
        operation=row["operation"],
        tested_by=row["tested_by"],
        tested_on=row["tested_on"],
        version=row["version"],
    )
