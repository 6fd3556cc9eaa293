"""Defaults on record."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.schema.base import Table, numbered
from storage.schema.facts import current


class DefaultVersionRow(Table):
    """A default of a customer, or of one facility (empty: the customer's), as a score run of the day has judged it.

    ``entered`` and ``reasons`` are masks: all reasons so far, and those that hold. ``ended`` is the day since which none holds and all
    arrears are paid; ``cured`` the end of the probation. A ``voided`` default was withdrawn as a mistake.
    """

    __tablename__ = "default_version"
    __table_args__ = (
        current("uq_default_version_current", "customer_id", "facility"),
        Index("ix_default_version_history", "customer_id", "as_of"),
        numbered(),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("score_run.id"))
    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id"))
    facility: Mapped[str]
    as_of: Mapped[date]
    since: Mapped[date]
    entered: Mapped[int]
    reasons: Mapped[int]
    ended: Mapped[date | None]
    cured: Mapped[date | None]
    voided: Mapped[bool]
    known_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
