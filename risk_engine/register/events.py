"""Events of the register of risks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
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
    objective: str | None = None
    customer_severity: int | None = None


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
    measure_kind: str | None = None
    cost: Decimal | None = None
    currency: str | None = None
    benefit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskAssessed(Event):
    """A person assessed a risk, or decided its assessment; ``level`` is that of the risk afterwards."""

    kind: ClassVar = "risk.assessed"

    customer: str
    likelihood: int
    severity: int
    scope: int
    customer_severity: int | None = None
    reason: str
    level: int
    spread: int
    people: int
    settled: bool
    decided: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionEnded(Event):
    """The last day of a retention has passed, and the risk is up for review."""

    kind: ClassVar = "risk.retention_ended"

    customer: str
    owner: str
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskMoved(Event):
    """The residual level of a risk moved because the test of a control is overdue."""

    kind: ClassVar = "risk.moved"

    customer: str
    owner: str
    before: int
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskEnded(Event):
    """A risk was closed."""

    kind: ClassVar = "risk.closed"

    customer: str
    before: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskReopened(Event):
    """A closed risk was opened again."""

    kind: ClassVar = "risk.reopened"

    customer: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfResponse(Event):
    """Something happened to a response."""

    risk: int
    customer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseProgressed(OfResponse):
    """The progress of a response was reported, in per cent."""

    kind: ClassVar = "response.progressed"

    before: int
    percent: int
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseExtended(OfResponse):
    """A response was given a later due date; ``late`` is whether it was overdue."""

    kind: ClassVar = "response.extended"

    before: date
    due: date
    reason: str
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseDone(OfResponse):
    """A response was carried out."""

    kind: ClassVar = "response.done"

    result: str
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseCancelled(OfResponse):
    """A response was given up."""

    kind: ClassVar = "response.cancelled"

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseSentBack(OfResponse):
    """A response went back to the approvers, as the facts of its approval have changed."""

    kind: ClassVar = "response.sent_back"

    owner: str
    changed: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseReminded(OfResponse):
    """The owner of an overdue response was reminded, for the ``reminder``-th time."""

    kind: ClassVar = "response.reminded"

    owner: str
    days: int
    reminder: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlDesigned(Event):
    """A control was entered."""

    kind: ClassVar = "control.designed"

    customer: str
    risks: Sequence[int]
    title: str
    owner: str
    control_kind: str
    response: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlOperated(Event):
    """A control was put into operation."""

    kind: ClassVar = "control.operated"

    customer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlTested(Event):
    """The design or the operation of a control was tested."""

    kind: ClassVar = "control.tested"

    customer: str
    of: str
    effective: bool
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlRetired(Event):
    """A control was taken out of operation."""

    kind: ClassVar = "control.retired"

    customer: str
    reason: str
