"""Tables of totals that questions would otherwise count: of the book by its parts, and drawn amounts of customers."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.schema.base import Table


class ScoreTotalRow(Table):
    """Totals of the customers of one department, sector and country whose scores are in one currency; without one they have no score.

    ``with_…`` counts those whose figure is computable, ``late`` those past due. A sum of no figure is 0.
    """

    __tablename__ = "score_total"
    id: Mapped[int] = mapped_column(primary_key=True)
    department: Mapped[str | None]
    sector: Mapped[str | None]
    country: Mapped[str | None]
    currency: Mapped[str | None]
    customers: Mapped[int]
    expected_loss: Mapped[Decimal]
    ead: Mapped[Decimal]
    with_expected_loss: Mapped[int]
    with_ead: Mapped[int]
    with_pd: Mapped[int]
    late: Mapped[int]


class ScoreTotalStateRow(Table):
    """The one row with the numbers of the last score and of the last customer's version that the totals cover."""

    __tablename__ = "score_total_state"
    id: Mapped[int] = mapped_column(primary_key=True)
    score: Mapped[int]
    customer: Mapped[int]


class DrawnRow(Table):
    """The drawn amount of a customer's present facilities in one currency, by which customers are ranked."""

    __tablename__ = "drawn"
    __table_args__ = (Index("ix_drawn_ranked", "currency", "amount"),)
    customer_id: Mapped[str] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    amount: Mapped[Decimal]
