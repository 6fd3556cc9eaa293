"""The register's entries: risks with their assessment and owner."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from risk_engine.policy.policy import Matrix
from risk_engine.references import RiskId
from risk_engine.register.assessment import Assessment, Category, Level, RiskKind, level
from risk_engine.register.events import RiskLogged, RiskUndone


@dataclass(frozen=True, slots=True)
class Risk:
    """A risk of one customer; ``inherent`` is its assessment before any measure."""

    id: RiskId
    customer: str
    kind: RiskKind
    category: Category
    title: str
    inherent: Assessment
    level: Level
    owner: str
    department: str | None
    source: str | None
    logged_by: str
    logged_at: datetime
    open: bool = True
    version: int = 1


def log(
    id: RiskId,
    *,
    customer: str,
    kind: RiskKind,
    category: Category,
    title: str,
    assessment: Assessment,
    matrix: Matrix,
    by: str,
    at: datetime,
    owner: str | None = None,
    department: str | None = None,
    source: str | None = None,
) -> tuple[Risk, RiskLogged]:
    """Enter a risk into the register; it belongs to the person who logs it unless an owner is named."""
    risk = Risk(
        id=id,
        customer=customer,
        kind=kind,
        category=category,
        title=title,
        inherent=assessment,
        level=level(matrix, assessment),
        owner=owner or by,
        department=department,
        source=source,
        logged_by=by,
        logged_at=at,
    )
    logged = RiskLogged(
        subject=str(id),
        actor=by,
        at=at,
        customer=customer,
        risk_kind=kind,
        category=category,
        title=title,
        likelihood=assessment.likelihood,
        severity=assessment.severity,
        scope=assessment.scope,
        level=int(risk.level),
        owner=risk.owner,
        source=source,
    )
    return risk, logged


def undo(risk: Risk, *, by: str, at: datetime) -> tuple[Risk, RiskUndone]:
    """Take an entry back: it closes, and stays on record."""
    return replace(risk, open=False), RiskUndone(subject=str(risk.id), actor=by, at=at, customer=risk.customer, title=risk.title)
