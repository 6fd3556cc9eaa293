"""Tables of what a ranking would otherwise count at each question: totals of the scored book by its parts."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy.orm import Mapped, mapped_column

from storage.schema.base import Table


class ScoreTotalRow(Table):
    """Totals of the scored customers of one department, sector and country; ``with_…`` counts those whose figure is computable."""

    __tablename__ = "score_total"
    id: Mapped[int] = mapped_column(primary_key=True)
    department: Mapped[str | None]
    sector: Mapped[str | None]
    country: Mapped[str | None]
    currency: Mapped[str]
    customers: Mapped[int]
    expected_loss: Mapped[Decimal | None]
    ead: Mapped[Decimal | None]
    with_expected_loss: Mapped[int]
    with_ead: Mapped[int]
    with_pd: Mapped[int]


class ScoreTotalStateRow(Table):
    """The one row with the numbers of the last score and of the last customer's version that the totals cover."""

    __tablename__ = "score_total_state"
    id: Mapped[int] = mapped_column(primary_key=True)
    score: Mapped[int]
    customer: Mapped[int]
