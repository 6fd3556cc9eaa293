"""The tables. Facts carry when they became known and when they were superseded; nothing is overwritten."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, MetaData, String, Text, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from storage.types import Instant, Json, Money


class Table(DeclarativeBase):
    """Every constraint has a name, so that a migration can find it again."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Instant,
        Decimal: Money,
        dict[str, Any]: Json,
        list[str]: Json,
        str: Text,
        date: Date,
    }


def _numbered() -> dict[str, Any]:
    """Ids of deleted rows are never given out again."""
    return {"sqlite_autoincrement": True}


# --- facts: as reported, by whom, since when known -------------------------------------------------------------


class ImportRow(Table):
    """One run of an import: which file, by whom, what it changed."""

    __tablename__ = "import"
    __table_args__ = (_numbered(),)
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
    """That a customer exists; what is known of it stands in its versions."""

    __tablename__ = "customer"
    id: Mapped[str] = mapped_column(primary_key=True)
    since_import: Mapped[int] = mapped_column(ForeignKey("import.id"))


class Versioned:
    """One version of a fact: from which file and row, known from when until when."""

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("import.id"))
    file_row: Mapped[int]
    known_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]


def _current(name: str, *columns: str) -> Index:
    """At most one version of a fact is current; the index also finds it."""
    now = text("superseded_at IS NULL")
    return Index(name, *columns, unique=True, sqlite_where=now, postgresql_where=now)


class CustomerVersionRow(Versioned, Table):
    __tablename__ = "customer_version"
    __table_args__ = (
        _current("uq_customer_version_current", "customer_id"),
        Index("ix_customer_version_name_key", "name_key"),
        Index("ix_customer_version_history", "customer_id", "known_at"),
        _numbered(),
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


class FacilityVersionRow(Versioned, Table):
    __tablename__ = "facility_version"
    __table_args__ = (
        _current("uq_facility_version_current", "facility"),
        Index("ix_facility_version_customer_id", "customer_id"),
        Index("ix_facility_version_history", "facility", "known_at"),
        _numbered(),
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


class RatingVersionRow(Versioned, Table):
    __tablename__ = "rating_version"
    __table_args__ = (
        _current("uq_rating_version_current", "customer_id", "as_of", "agency", "scale"),
        Index("ix_rating_version_history", "customer_id", "as_of", "known_at"),
        _numbered(),
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
        _current("uq_observation_version_current", "customer_id", "indicator", "as_of", "source"),
        Index("ix_observation_version_history", "indicator", "customer_id", "as_of", "known_at"),
        _numbered(),
    )
    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id"))
    indicator: Mapped[str]
    as_of: Mapped[date]
    source: Mapped[str]
    value: Mapped[float | None]
    unit: Mapped[str | None]
    note: Mapped[str | None]


# --- the register and what is decided ---------------------------------------------------------------------------


class CounterRow(Table):
    """The next number of each letter that people type."""

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


class ApprovalRow(Table):
    """The database itself knows that nobody approves their own request."""

    __tablename__ = "approval"
    __table_args__ = (
        UniqueConstraint("key"),
        CheckConstraint("decided_by <> maker", name="four_eyes"),
        CheckConstraint("(verdict IS NULL) = (decided_by IS NULL)", name="decided_by_someone"),
        Index("ix_approval_verdict", "verdict"),
        Index("ix_approval_subject", "subject"),
    )
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str]
    subject: Mapped[str]
    maker: Mapped[str]
    requested_at: Mapped[datetime]
    verdict: Mapped[str | None]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    version: Mapped[int]


class DecisionRow(Table):
    """One row an approval: whatever races, the second insert fails."""

    __tablename__ = "decision"
    approval_id: Mapped[int] = mapped_column(ForeignKey("approval.id"), primary_key=True)
    verdict: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]


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
    version: Mapped[int]


# --- events are facts, notices are decisions, deliveries are work ------------------------------------------------


class EventRow(Table):
    """What happened; written with the change, never changed. The digest covers salt and payload, so a payload can be erased."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_subject", "subject"), Index("ix_event_at", "at"), _numbered())
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str]
    actor: Mapped[str]
    at: Mapped[datetime]
    payload: Mapped[dict[str, Any] | None] = mapped_column(Json)
    salt: Mapped[str]
    digest: Mapped[str]
    request_key: Mapped[str | None]


class NoticeRow(Table):
    """Whom to tell and why, or why not."""

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("dedup"), Index("ix_notice_event_id", "event_id"), _numbered())
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    facts: Mapped[dict[str, Any]] = mapped_column(Json)
    audience: Mapped[str]
    reason: Mapped[str]
    dedup: Mapped[str | None]
    at: Mapped[datetime]


class DeliveryRow(Table):
    """One message to bring to Slack: claimed, sent, retried, reconciled."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_state_due_at", "state", "due_at"),
        Index("ix_delivery_thread", "thread", "seq"),
        UniqueConstraint("key"),
    )
    seq: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    operation: Mapped[str]
    audience: Mapped[str]
    thread: Mapped[str]
    state: Mapped[str]
    due_at: Mapped[datetime]
    attempt: Mapped[int]
    owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    first_try_at: Mapped[datetime | None]
    channel: Mapped[str | None]
    ts: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]


# --- bookkeeping ---------------------------------------------------------------------------------------------------


class InboxRow(Table):
    """A request that was acknowledged, or is about to be: its key makes it happen once."""

    __tablename__ = "inbox"
    __table_args__ = (Index("ix_inbox_state_received_at", "state", "received_at"),)
    key: Mapped[str] = mapped_column(primary_key=True)
    request: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[str]
    received_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    note: Mapped[str | None]


class AnswerRow(Table):
    """What an answer's buttons need to run it again."""

    __tablename__ = "answer"
    __table_args__ = (Index("ix_answer_expires_at", "expires_at"),)
    key: Mapped[str] = mapped_column(primary_key=True)
    command: Mapped[str]
    arguments: Mapped[dict[str, Any]] = mapped_column(Json)
    person: Mapped[str]
    as_of: Mapped[datetime]
    expires_at: Mapped[datetime]


class GreetingRow(Table):
    """Who has been welcomed, so that nobody is twice."""

    __tablename__ = "greeting"
    person: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class JobRunRow(Table):
    """One slot of one job: the row is the claim."""

    __tablename__ = "job_run"
    job: Mapped[str] = mapped_column(primary_key=True)
    slot: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    owner: Mapped[str]
    lease_until: Mapped[datetime]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    attempt: Mapped[int]
    note: Mapped[str | None]


class PolicyVersionRow(Table):
    """The policy as it stood at a start: packaged, file, or changed by approval."""

    __tablename__ = "policy_version"
    __table_args__ = (UniqueConstraint("digest"), _numbered())
    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str]
    origin: Mapped[str]
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    recorded_at: Mapped[datetime]
