"""The basis of examinations: the read log, and the second line's monthly samples."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.schema.base import Table
from storage.types import Json


class DisclosureRow(Table):
    """A customer shown or exported to a person, stored to find readers without parsing every payload."""

    __tablename__ = "disclosure"
    __table_args__ = (Index("ix_disclosure_customer_id", "customer_id", "event_id"),)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    customer_id: Mapped[str] = mapped_column(primary_key=True)


class ExportRow(Table):
    """A request to export more customers than the daily limit; ``answer`` is the key for repeating it."""

    __tablename__ = "export_request"
    __table_args__ = (Index("ix_export_request_answer", "answer"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    answer: Mapped[str]
    person: Mapped[str]
    command: Mapped[str]
    customers: Mapped[int]
    reason: Mapped[str]
    requested_at: Mapped[datetime]


class SampleRow(Table):
    """A month's sample: the number of entries of each kind, and the seed that reproduces the draw."""

    __tablename__ = "sample"
    month: Mapped[str] = mapped_column(primary_key=True)
    seed: Mapped[str]
    counts: Mapped[dict[str, Any]] = mapped_column(Json)
    drawn_at: Mapped[datetime]


class SampledRow(Table):
    """One entry of a sample, with the second line's verdict; ``place`` is its number on the list."""

    __tablename__ = "sampled"
    __table_args__ = (UniqueConstraint("key"), CheckConstraint("(verdict IS NULL) = (reviewed_by IS NULL)", name="reviewed_by_someone"))
    month: Mapped[str] = mapped_column(ForeignKey("sample.month"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    verdict: Mapped[str | None]
    finding: Mapped[str | None]
    reviewed_by: Mapped[str | None]
    reviewed_at: Mapped[datetime | None]
