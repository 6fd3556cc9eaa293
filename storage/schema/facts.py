"""Facts with the times when they became known and were superseded; nothing is overwritten."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.schema.base import Table, numbered


class ImportRow(Table):
    """One import: its file, author and changes."""

    __tablename__ = "import"
    __table_args__ = (numbered(),)
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    file: Mapped[str]
    sha256: Mapped[str]
    at: Mapped[datetime]
    rows: Mapped[int]
    added: Mapped[int]
    changed: Mapped[int]
    unchanged: Mapped[int]
    merged: Mapped[int]
    refused: Mapped[int]


class CustomerRow(Table):
    """The existence of a customer; its data are in its versions."""

    __tablename__ = "customer"
    id: Mapped[str] = mapped_column(primary_key=True)
    since_import: Mapped[int] = mapped_column(ForeignKey("import.id"))


class Versioned:
    """One version of a fact: its file and row, and the period for which it was current."""

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("import.id"))
    file_row: Mapped[int]
    known_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]


def current(name: str, *columns: str) -> Index:
    """Return the index that allows one current version of a fact, and finds it."""
    now = text("superseded_at IS NULL")
    return Index(name, *columns, unique=True, sqlite_where=now, postgresql_where=now)


class CustomerVersionRow(Versioned, Table):
    __tablename__ = "customer_version"
    __table_args__ = (
        current("uq_customer_version_current", "customer_id"),
        Index("ix_customer_version_name_key", "name_key"),
        Index("ix_customer_version_group", "group"),
        Index("ix_customer_version_history", "customer_id", "known_at"),
        numbered(),
    )
    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id"))
    name: Mapped[str]
    name_key: Mapped[str]
    group: Mapped[str | None]
    sector: Mapped[str | None]
    country: Mapped[str | None]
    department: Mapped[str | None]
    manager: Mapped[str | None]
    kind: Mapped[str | None]
    currency: Mapped[str | None]
    aliases: Mapped[str | None]
    since: Mapped[date | None]
    commodity_share: Mapped[float | None]
    watch_list: Mapped[bool | None]
    group_parent: Mapped[bool | None]


class FacilityVersionRow(Versioned, Table):
    __tablename__ = "facility_version"
    __table_args__ = (
        current("uq_facility_version_current", "facility"),
        Index("ix_facility_version_customer_id", "customer_id"),
        Index("ix_facility_version_history", "facility", "known_at"),
        numbered(),
    )
    facility: Mapped[str]
    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id"))
    kind: Mapped[str]
    currency: Mapped[str]
    limit: Mapped[Decimal]
    outstanding: Mapped[Decimal]
    start: Mapped[date | None]
    maturity: Mapped[date | None]
    rate: Mapped[float | None]
    rate_kind: Mapped[str | None]
    ccf: Mapped[float | None]
    lgd: Mapped[float | None]
    collateral: Mapped[Decimal | None]
    collateral_kind: Mapped[str | None]
    seniority: Mapped[str | None]
    days_past_due: Mapped[int | None]
    as_of: Mapped[date | None]
    origination_rating: Mapped[str | None]
    forborne: Mapped[bool | None]
    restructured: Mapped[int | None]
    phase: Mapped[str | None]
    eir: Mapped[float | None]
    overdue: Mapped[Decimal | None]
    non_accrual: Mapped[bool | None]
    provision: Mapped[Decimal | None]
    best_estimate_loss: Mapped[Decimal | None]
    restructured_on: Mapped[date | None]
    restructuring_loss: Mapped[float | None]


class RatingVersionRow(Versioned, Table):
    __tablename__ = "rating_version"
    __table_args__ = (
        current("uq_rating_version_current", "customer_id", "as_of", "agency", "scale"),
        Index("ix_rating_version_history", "customer_id", "as_of", "known_at"),
        numbered(),
    )
    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id"))
    as_of: Mapped[date]
    agency: Mapped[str]
    scale: Mapped[str]
    rating: Mapped[str]
    outlook: Mapped[str | None]


class ObservationVersionRow(Versioned, Table):
    __tablename__ = "observation_version"
    __table_args__ = (
        current("uq_observation_version_current", "customer_id", "indicator", "as_of", "source"),
        Index("ix_observation_version_history", "indicator", "customer_id", "as_of", "known_at"),
        numbered(),
    )
    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id"))
    indicator: Mapped[str]
    as_of: Mapped[date]
    source: Mapped[str]
    value: Mapped[float | None]
    unit: Mapped[str | None]
    note: Mapped[str | None]


class StatementVersionRow(Versioned, Table):
    """One period's financial statement, in whole units of its currency; None is missing, never zero."""

    __tablename__ = "statement_version"
    __table_args__ = (
        current("uq_statement_version_current", "customer_id", "period_end", "months", "basis"),
        Index("ix_statement_version_history", "customer_id", "period_end", "known_at"),
        numbered(),
    )
    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id"))
    period_end: Mapped[date]
    months: Mapped[int]
    basis: Mapped[str]
    currency: Mapped[str | None]
    audited: Mapped[bool | None]
    opinion: Mapped[str | None]
    published: Mapped[date | None]
    total_assets: Mapped[Decimal | None]
    current_assets: Mapped[Decimal | None]
    cash: Mapped[Decimal | None]
    receivables: Mapped[Decimal | None]
    inventory: Mapped[Decimal | None]
    total_liabilities: Mapped[Decimal | None]
    current_liabilities: Mapped[Decimal | None]
    short_term_debt: Mapped[Decimal | None]
    long_term_debt: Mapped[Decimal | None]
    equity: Mapped[Decimal | None]
    market_equity: Mapped[Decimal | None]
    retained_earnings: Mapped[Decimal | None]
    revenue: Mapped[Decimal | None]
    cost_of_sales: Mapped[Decimal | None]
    ebitda: Mapped[Decimal | None]
    depreciation: Mapped[Decimal | None]
    ebit: Mapped[Decimal | None]
    interest_expense: Mapped[Decimal | None]
    tax: Mapped[Decimal | None]
    net_income: Mapped[Decimal | None]
    operating_cash_flow: Mapped[Decimal | None]
    capex: Mapped[Decimal | None]
    working_capital_change: Mapped[Decimal | None]
    principal_repaid: Mapped[Decimal | None]


class RateVersionRow(Versioned, Table):
    """An exchange rate: on a date one unit of ``currency`` cost ``rate`` units of ``base``."""

    __tablename__ = "rate_version"
    __table_args__ = (
        current("uq_rate_version_current", "currency", "base", "as_of"),
        Index("ix_rate_version_history", "currency", "base", "as_of", "known_at"),
        numbered(),
    )
    currency: Mapped[str]
    base: Mapped[str]
    as_of: Mapped[date]
    rate: Mapped[float]
    source: Mapped[str | None]


class OutcomeVersionRow(Versioned, Table):
    """A credit event of a customer: default, stage 3, bankruptcy or cure, on a date."""

    __tablename__ = "outcome_version"
    __table_args__ = (
        current("uq_outcome_version_current", "customer_id", "event", "as_of"),
        Index("ix_outcome_version_history", "customer_id", "as_of", "known_at"),
        numbered(),
    )
    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id"))
    event: Mapped[str]
    as_of: Mapped[date]
    note: Mapped[str | None]
