"""The register and its decisions."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.schema.base import Table, numbered
from storage.types import Json


class CounterRow(Table):
    """The last number of each letter of ids."""

    __tablename__ = "counter"
    letter: Mapped[str] = mapped_column(String(2), primary_key=True)
    last: Mapped[int]


class RiskRow(Table):
    __tablename__ = "risk"
    __table_args__ = (Index("ix_risk_customer_id", "customer_id"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id"))
    kind: Mapped[str]
    category: Mapped[str]
    title: Mapped[str]
    likelihood: Mapped[int]
    severity: Mapped[int]
    scope: Mapped[int]
    level: Mapped[int]
    owner: Mapped[str]
    department: Mapped[str | None]
    source: Mapped[str | None]
    logged_by: Mapped[str]
    logged_at: Mapped[datetime]
    open: Mapped[bool]
    version: Mapped[int]
    state: Mapped[str]
    moved_by: Mapped[str | None]
    moved_at: Mapped[datetime | None]
    objective: Mapped[str | None]
    customer_severity: Mapped[int | None]
    assessed: Mapped[bool]
    reassess_by: Mapped[date | None]
    retained_until: Mapped[date | None]
    # after effective controls; None on every axis without any
    current_likelihood: Mapped[int | None]
    current_severity: Mapped[int | None]
    current_scope: Mapped[int | None]
    current_customer_severity: Mapped[int | None]
    current_level: Mapped[int]
    residual_likelihood: Mapped[int | None]
    residual_severity: Mapped[int | None]
    residual_scope: Mapped[int | None]
    residual_customer_severity: Mapped[int | None]
    residual_level: Mapped[int]


class ViewRow(Table):
    """One person's view of a risk; ``decided`` where a facilitator set the assessment."""

    __tablename__ = "risk_view"
    __table_args__ = (Index("ix_risk_view_risk_id", "risk_id"), numbered())
    id: Mapped[int] = mapped_column(primary_key=True)
    risk_id: Mapped[int] = mapped_column(ForeignKey("risk.id"))
    by: Mapped[str]
    likelihood: Mapped[int]
    severity: Mapped[int]
    scope: Mapped[int]
    customer_severity: Mapped[int | None]
    reason: Mapped[str]
    at: Mapped[datetime]
    decided: Mapped[bool]


class ControlRow(Table):
    __tablename__ = "control"
    __table_args__ = (
        Index("ix_control_customer_id", "customer_id"),
        Index("ix_control_response_id", "response_id"),
        Index("ix_control_state_next_test", "state", "next_test"),
    )
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id"))
    response_id: Mapped[int | None] = mapped_column(ForeignKey("response.id"))
    kind: Mapped[str]
    title: Mapped[str]
    owner: Mapped[str]
    department: Mapped[str | None]
    likelihood: Mapped[float | None]
    severity: Mapped[float | None]
    scope: Mapped[float | None]
    customer_severity: Mapped[float | None]
    state: Mapped[str]
    state_by: Mapped[str]
    state_at: Mapped[datetime]
    every_days: Mapped[int]
    next_test: Mapped[date | None]
    design: Mapped[bool | None]
    operation: Mapped[bool | None]
    tested_by: Mapped[str | None]
    tested_on: Mapped[date | None]
    version: Mapped[int]


class ControlRiskRow(Table):
    """A risk on which a control acts."""

    __tablename__ = "control_risk"
    __table_args__ = (Index("ix_control_risk_risk_id", "risk_id"),)
    control_id: Mapped[int] = mapped_column(ForeignKey("control.id"), primary_key=True)
    risk_id: Mapped[int] = mapped_column(ForeignKey("risk.id"), primary_key=True)


class ControlTestRow(Table):
    """A test of a control, with its evidence."""

    __tablename__ = "control_test"
    __table_args__ = (Index("ix_control_test_control_id", "control_id"), numbered())
    id: Mapped[int] = mapped_column(primary_key=True)
    control_id: Mapped[int] = mapped_column(ForeignKey("control.id"))
    of: Mapped[str]
    effective: Mapped[bool]
    evidence: Mapped[str]
    tester: Mapped[str]
    at: Mapped[datetime]


class ResponseRow(Table):
    __tablename__ = "response"
    __table_args__ = (Index("ix_response_risk_id", "risk_id"), Index("ix_response_state_due", "state", "due"))
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    risk_id: Mapped[int] = mapped_column(ForeignKey("risk.id"))
    strategy: Mapped[str]
    measure: Mapped[str]
    owner: Mapped[str]
    due: Mapped[date]
    state: Mapped[str]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    version: Mapped[int]
    kind: Mapped[str | None]
    department: Mapped[str | None]
    cost: Mapped[Decimal | None]
    currency: Mapped[str | None]
    benefit: Mapped[str | None]
    # the expected effect on each axis, as a share
    likelihood: Mapped[float | None]
    severity: Mapped[float | None]
    scope: Mapped[float | None]
    customer_severity: Mapped[float | None]
    progress: Mapped[int]
    reminded: Mapped[int]
    # the facts of its approval
    basis_grade: Mapped[int | None]
    basis_exposure: Mapped[Decimal | None]
    basis_level: Mapped[int | None]
    moved_by: Mapped[str | None]
    moved_at: Mapped[datetime | None]


class OverrideRow(Table):
    """A person's grade up to and including a day; ``model`` is the model's grade at the time of the proposal."""

    __tablename__ = "override"
    __table_args__ = (Index("ix_override_customer_id", "customer_id", "state"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id"))
    grade: Mapped[int]
    model: Mapped[int]
    until: Mapped[date]
    reason: Mapped[str]
    state: Mapped[str]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    version: Mapped[int]


class ApprovalRow(Table):
    """An approval request; the database itself prevents the maker from deciding it."""

    __tablename__ = "approval"
    __table_args__ = (
        UniqueConstraint("key"),
        # only a withdrawn request is ended by its maker
        CheckConstraint("verdict = 'withdrawn' OR decided_by <> maker", name="four_eyes"),
        CheckConstraint("(verdict IS NULL) = (decided_by IS NULL)", name="decided_by_someone"),
        Index("ix_approval_verdict", "verdict"),
        Index("ix_approval_expires_at", "verdict", "expires_at"),
        Index("ix_approval_subject", "subject_kind", "subject_id"),
        Index("ix_approval_customer_id", "customer_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str]
    # the letter and the number of what it is about
    subject_kind: Mapped[str] = mapped_column(String(2))
    subject_id: Mapped[int]
    customer_id: Mapped[str | None]
    title: Mapped[str | None]
    maker: Mapped[str]
    requested_at: Mapped[datetime]
    kind: Mapped[str]
    expires_at: Mapped[datetime]
    stages: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    amount: Mapped[Decimal | None]
    picture: Mapped[dict[str, Any]] = mapped_column(Json)
    step: Mapped[int]
    reminded: Mapped[int]
    verdict: Mapped[str | None]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    version: Mapped[int]


class DecisionRow(Table):
    """The decision on an approval: a second insert fails, so there is only one."""

    __tablename__ = "decision"
    approval_id: Mapped[int] = mapped_column(ForeignKey("approval.id"), primary_key=True)
    verdict: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]


class VoteRow(Table):
    """One vote on an approval: each person and each authority has one over all steps."""

    __tablename__ = "vote"
    __table_args__ = (
        UniqueConstraint("approval_id", "person"),
        UniqueConstraint("approval_id", "authority"),
        CheckConstraint("person <> maker AND authority <> maker", name="four_eyes"),
    )
    approval_id: Mapped[int] = mapped_column(ForeignKey("approval.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    step: Mapped[int]
    maker: Mapped[str]
    person: Mapped[str]
    authority: Mapped[str]
    choice: Mapped[str]
    at: Mapped[datetime]
    reason: Mapped[str | None]
    seen: Mapped[str | None]


class ConditionRow(Table):
    """A condition of an approval, until it is met."""

    __tablename__ = "condition"
    __table_args__ = (UniqueConstraint("approval_id", "number"), Index("ix_condition_met_at_due", "met_at", "due"))
    id: Mapped[int] = mapped_column(primary_key=True)
    approval_id: Mapped[int] = mapped_column(ForeignKey("approval.id"))
    number: Mapped[int]
    text: Mapped[str]
    due: Mapped[date]
    set_by: Mapped[str]
    met_by: Mapped[str | None]
    met_at: Mapped[datetime | None]
    evidence: Mapped[str | None]
    version: Mapped[int]


class BreachRow(Table):
    __tablename__ = "breach"
    __table_args__ = (
        UniqueConstraint("key"),
        Index(
            "uq_breach_open",
            "kri",
            "customer_id",
            unique=True,
            sqlite_where=text("state <> 'closed'"),
            postgresql_where=text("state <> 'closed'"),
        ),
        Index("ix_breach_customer_id", "customer_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str]
    kri: Mapped[str]
    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id"))
    colour: Mapped[int]
    value: Mapped[float]
    as_of: Mapped[date]
    source: Mapped[str]
    threshold: Mapped[float]
    state: Mapped[str]
    owner: Mapped[str | None]
    opened_at: Mapped[datetime]
    acknowledge_by: Mapped[datetime]
    acknowledged_by: Mapped[str | None]
    acknowledged_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    ending: Mapped[str | None]
    version: Mapped[int]
