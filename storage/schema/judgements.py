"""Judgements about default."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.schema.base import Table

_PENDING = text("state = 'proposed'")


class JudgementRow(Table):
    """A judgement about a customer's default; ``ends`` is the judgement that it ends. One of a kind may be pending."""

    __tablename__ = "judgement"
    __table_args__ = (
        Index("ix_judgement_customer_id", "customer_id", "state"),
        Index("uq_judgement_pending", "customer_id", "kind", unique=True, sqlite_where=_PENDING, postgresql_where=_PENDING),
    )
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id"))
    kind: Mapped[str]
    since: Mapped[date]
    until: Mapped[date | None]
    ends: Mapped[int | None] = mapped_column(ForeignKey("judgement.id"))
    reason: Mapped[str]
    state: Mapped[str]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    version: Mapped[int]
