"""Facts about agreements and their performance: schedules, payments, accounts, security, projections, incidents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.schema.base import Table, numbered
from storage.schema.facts import Versioned, current


class InstalmentVersionRow(Versioned, Table):
    """An instalment of the agreed schedule, in the facility's currency."""

    __tablename__ = "instalment_version"
    __table_args__ = (
        current("uq_instalment_version_current", "facility", "due"),
        Index("ix_instalment_version_history", "facility", "due", "known_at"),
        numbered(),
    )
    facility: Mapped[str]
    due: Mapped[date]
    principal: Mapped[Decimal]
    interest: Mapped[Decimal]


class PaymentVersionRow(Versioned, Table):
    """A payment by value date, in the facility's currency; ``reference`` distinguishes several on one day."""

    __tablename__ = "payment_version"
    __table_args__ = (
        current("uq_payment_version_current", "facility", "paid", "reference"),
        Index("ix_payment_version_history", "facility", "paid", "known_at"),
        numbered(),
    )
    facility: Mapped[str]
    paid: Mapped[date]
    reference: Mapped[str]
    amount: Mapped[Decimal]
    booked: Mapped[date]


class CollateralVersionRow(Versioned, Table):
    """Collateral of one facility of a customer, or of all; ``prior`` claims rank before the bank's."""

    __tablename__ = "collateral_version"
    __table_args__ = (
        current("uq_collateral_version_current", "collateral"),
        Index("ix_collateral_version_customer_id", "customer_id"),
        Index("ix_collateral_version_history", "collateral", "known_at"),
        numbered(),
    )
    collateral: Mapped[str]
    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id"))
    facility: Mapped[str | None]
    kind: Mapped[str]
    currency: Mapped[str]
    value: Mapped[Decimal]
    valued: Mapped[date | None]
    lien: Mapped[int]
    prior: Mapped[Decimal | None]
    insured: Mapped[bool | None]
    registered: Mapped[bool | None]


class GuaranteeVersionRow(Versioned, Table):
    """A guarantee: ``guarantor`` pays if the customer does not; without an amount it is unlimited."""

    __tablename__ = "guarantee_version"
    __table_args__ = (
        current("uq_guarantee_version_current", "guarantee"),
        Index("ix_guarantee_version_customer_id", "customer_id"),
        Index("ix_guarantee_version_guarantor", "guarantor"),
        Index("ix_guarantee_version_history", "guarantee", "known_at"),
        numbered(),
    )
    guarantee: Mapped[str]
    guarantor: Mapped[str] = mapped_column(ForeignKey("customer.id"))
    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id"))
    facility: Mapped[str | None]
    currency: Mapped[str | None]
    amount: Mapped[Decimal | None]
    until: Mapped[date | None]
    integral: Mapped[bool | None]
    start: Mapped[date | None]


class ProjectionVersionRow(Versioned, Table):
    """A projection made on a day (``projected``) for a future period; None was not projected, which is not zero.

    ``months`` is the length of the period; None where it follows from the dates of the periods.
    """

    __tablename__ = "projection_version"
    __table_args__ = (
        current("uq_projection_version_current", "customer_id", "projected", "period_end"),
        Index("ix_projection_version_history", "customer_id", "projected", "period_end", "known_at"),
        numbered(),
    )
    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id"))
    projected: Mapped[date]
    period_end: Mapped[date]
    currency: Mapped[str | None]
    cfads: Mapped[Decimal | None]
    debt_service: Mapped[Decimal | None]
    revenue: Mapped[Decimal | None]
    ebitda: Mapped[Decimal | None]
    months: Mapped[int | None]


class IncidentVersionRow(Versioned, Table):
    """An incident of a customer or of one facility; ``facility`` is empty, never None, as it is part of the key."""

    __tablename__ = "incident_version"
    __table_args__ = (
        current("uq_incident_version_current", "customer_id", "kind", "as_of", "facility"),
        Index("ix_incident_version_history", "customer_id", "as_of", "known_at"),
        numbered(),
    )
    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id"))
    kind: Mapped[str]
    as_of: Mapped[date]
    facility: Mapped[str]
    severity: Mapped[int]
    resolved: Mapped[date | None]
    note: Mapped[str | None]


class AccountMonthVersionRow(Versioned, Table):
    """One month of one account: balances, flows and counts; ``month`` is its first day, None is not known.

    The figures cover the month up to ``until``, with movements from ``first`` to ``last``.
    """

    __tablename__ = "account_month_version"
    __table_args__ = (
        current("uq_account_month_version_current", "account", "month"),
        Index("ix_account_month_version_customer_id", "customer_id", "month"),
        Index("ix_account_month_version_history", "account", "month", "known_at"),
        numbered(),
    )
    account: Mapped[str]
    month: Mapped[date]
    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id"))
    facility: Mapped[str | None]
    currency: Mapped[str | None]
    opening: Mapped[Decimal | None]
    lowest: Mapped[Decimal]
    mean: Mapped[Decimal]
    closing: Mapped[Decimal]
    inflow: Mapped[Decimal]
    outflow: Mapped[Decimal]
    overdraft_days: Mapped[int | None]
    returned: Mapped[int | None]
    charged: Mapped[int | None]
    movements: Mapped[int | None]
    gaps: Mapped[int | None]
    first: Mapped[date | None]
    last: Mapped[date | None]
    until: Mapped[date]
