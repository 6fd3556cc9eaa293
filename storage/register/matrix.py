"""The matrix of open risks: how many stand in each cell, and which."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select

from risk_engine.register.assessment import Level
from storage.customers.customers import known
from storage.database import Tx
from storage.schema import CustomerVersionRow, RiskRow
from storage.visibility import seen


class Basis(StrEnum):
    """The assessment that places a risk: before measures, after controls that were there, or after all effective ones."""

    INHERENT = "inherent"
    CURRENT = "current"
    RESIDUAL = "residual"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the register; None means all."""

    kind: str | None = None
    category: str | None = None
    department: str | None = None
    sector: str | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """The open risks of one kind in one cell, with the worst of their levels, and how many have it."""

    kind: str
    likelihood: int
    severity: int
    count: int
    level: Level
    worst: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A risk in a cell."""

    id: int
    customer: str
    name: str
    title: str
    level: Level
    owner: str


def cells(tx: Tx, basis: Basis, part: Part) -> list[Cell]:
    """Return the cells that hold a risk, the worst first."""
    likelihood, severity, level = _axis(basis, "likelihood"), _axis(basis, "severity"), _level(basis)
    columns = (RiskRow.kind, likelihood, severity, level, func.count())
    query = select(*columns).select_from(RiskRow).join(CustomerVersionRow, _of_customer()).where(*_open(tx, part))
    # scopes give one cell several levels; the first that comes is its worst
    query = query.group_by(RiskRow.kind, likelihood, severity, level).order_by(level.desc(), likelihood.desc(), severity.desc())
    found: dict[tuple[str, int, int], Cell] = {}
    for kind, one, other, stands, count in tx.connection.execute(query):
        before = found.get((kind, one, other))
        cell = Cell(kind, one, other, count, Level(stands), count) if before is None else replace(before, count=before.count + count)
        found[kind, one, other] = cell
    return list(found.values())


def within(tx: Tx, basis: Basis, part: Part, likelihood: int, severity: int, *, limit: int, offset: int = 0) -> tuple[int, list[Placed]]:
    """Return the number of risks in one cell, and a page of them, the worst first."""
    who, level = CustomerVersionRow, _level(basis)
    here = (_axis(basis, "likelihood") == likelihood, _axis(basis, "severity") == severity)
    query = select(RiskRow.id, RiskRow.customer_id, who.name, RiskRow.title, level, RiskRow.owner).select_from(RiskRow)
    query = query.join(who, _of_customer()).where(*_open(tx, part), *here)
    total = tx.connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    found = tx.connection.execute(query.order_by(level.desc(), RiskRow.id).limit(limit).offset(offset))
    return total, [Placed(id, customer, name, title, Level(stands), owner) for id, customer, name, title, stands, owner in found]


def _axis(basis: Basis, name: str) -> ColumnElement[Any]:
    """Return an axis; where no control counts, the later assessments are the inherent one."""
    inherent: ColumnElement[Any] = getattr(RiskRow, name)
    return inherent if basis is Basis.INHERENT else func.coalesce(getattr(RiskRow, f"{basis.value}_{name}"), inherent)


def _level(basis: Basis) -> Any:
    return RiskRow.level if basis is Basis.INHERENT else getattr(RiskRow, f"{basis.value}_level")


def _of_customer() -> ColumnElement[bool]:
    return and_(CustomerVersionRow.customer_id == RiskRow.customer_id, known(CustomerVersionRow, None))


def _open(tx: Tx, part: Part) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [RiskRow.open.is_(True), *seen(tx, CustomerVersionRow)]
    conditions += [getattr(RiskRow, name) == value for name in ("kind", "category") if (value := getattr(part, name)) is not None]
    texts = ((RiskRow.department, part.department), (CustomerVersionRow.sector, part.sector))
    return conditions + [func.lower(column) == value.lower() for column, value in texts if value is not None]
