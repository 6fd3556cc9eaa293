"""Risks of the register."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, select

from risk_engine.references import RiskId
from risk_engine.register.assessment import Assessment, Category, Level, RiskKind
from risk_engine.register.register import Risk
from storage.database import Tx
from storage.queries.prepared import prepared
from storage.rows import compare_and_set, insert_row, next_number, one_seen
from storage.schema import RiskRow
from storage.visibility import visible


def next_id(tx: Tx) -> RiskId:
    return RiskId(next_number(tx, RiskId.letter))


def add(tx: Tx, risk: Risk) -> None:
    insert_row(tx, RiskRow, _row(risk))


def save(tx: Tx, risk: Risk) -> None:
    """Store whether it is open; nothing else of an entry changes."""
    compare_and_set(tx, RiskRow, int(risk.id), risk.version, {"open": risk.open})


def get(tx: Tx, id: RiskId) -> Risk | None:
    row = one_seen(tx, RiskRow, int(id))
    return None if row is None else _risk(row)


@prepared
def _open_of(tx: Tx, *, customer: Any, at: Any, limit: Any) -> Any:
    query = select(*RiskRow.__table__.columns).where(RiskRow.customer_id == customer, RiskRow.open, *visible(tx, RiskRow.customer_id))
    query = query if at is None else query.where(RiskRow.logged_at <= at)
    return query.order_by(RiskRow.level.desc(), RiskRow.id).limit(limit)


def open_of(tx: Tx, customer: str, *, at: datetime | None = None, limit: int = 10) -> list[Risk]:
    """Return a customer's open risks, as logged until a moment, worst first."""
    return [_risk(row) for row in _open_of(tx, customer=customer, at=at, limit=limit).mappings()]


def from_source(tx: Tx, source: str) -> RiskId | None:
    """Return the open risk that was logged from this source, as B-8."""
    query = select(RiskRow.id).where(RiskRow.source == source, RiskRow.open, *visible(tx, RiskRow.customer_id)).limit(1)
    id = tx.connection.execute(query).scalar_one_or_none()
    return None if id is None else RiskId(id)


def open_titles(tx: Tx, text: str, *, limit: int) -> list[tuple[RiskId, str]]:
    """Return open risks whose number or title contains the text, newest first."""
    query = select(RiskRow.id, RiskRow.title).where(RiskRow.open, *visible(tx, RiskRow.customer_id))
    query = query.order_by(RiskRow.id.desc()).limit(limit)
    if text:
        digits = "".join(letter for letter in text if letter.isascii() and letter.isdigit())[:12]
        by_title = RiskRow.title.icontains(text, autoescape=True)
        query = query.where(by_title | (RiskRow.id == int(digits)) if digits else by_title)
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
        "level": int(risk.level),
        "owner": risk.owner,
        "department": risk.department,
        "source": risk.source,
        "logged_by": risk.logged_by,
        "logged_at": risk.logged_at,
        "open": risk.open,
        "version": risk.version,
    }


def _risk(row: RowMapping) -> Risk:
    return Risk(
        id=RiskId(row["id"]),
        customer=row["customer_id"],
        kind=RiskKind(row["kind"]),
        category=Category(row["category"]),
        title=row["title"],
        inherent=Assessment(row["likelihood"], row["severity"], row["scope"]),
        level=Level(row["level"]),
        owner=row["owner"],
        department=row["department"],
        source=row["source"],
        logged_by=row["logged_by"],
        logged_at=row["logged_at"],
        open=row["open"],
        version=row["version"],
    )
