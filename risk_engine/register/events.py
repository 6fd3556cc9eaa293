"""Events of the register of risks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from risk_engine.events import Event
from risk_engine.register.assessment import Category, RiskKind


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskLogged(Event):
    """A risk was entered into the register; ``level`` is the matrix's, 0 to 4."""

    kind: ClassVar = "risk.logged"
    stored_as: ClassVar = {"risk_kind": "kind"}

    customer: str
    risk_kind: RiskKind
    category: Category
    title: str
    likelihood: int
    severity: int
    scope: int
    level: int
    owner: str
    source: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskUndone(Event):
    """An entry of the register was taken back by the person who had just made it."""

    kind: ClassVar = "risk.undone"

    customer: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseProposed(Event):
    """A treatment of a risk was proposed."""

    kind: ClassVar = "response.proposed"

    risk: int
    customer: str
    strategy: str
    measure: str
    owner: str
    due: date
