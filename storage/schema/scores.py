"""Results of scoring: runs, customers' versions, and their drivers."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.schema.base import Table, numbered
from storage.schema.facts import current


class ScoreRunRow(Table):
    """A scoring run that changed something: its date, model, policy, and time of knowledge."""

    __tablename__ = "score_run"
    __table_args__ = (numbered(),)
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    as_of: Mapped[date]
    model: Mapped[str]
    policy: Mapped[str]
    by: Mapped[str]
    scored: Mapped[int]
    changed: Mapped[int]
    figures: Mapped[str | None]
    sources: Mapped[str | None]
    drivers: Mapped[str | None]


def _present(name: str, *columns: str, where: str = "superseded_at IS NULL") -> Index:
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


# by these the present scores are ranked; of those with equal figures the higher loss comes first, and an unknown one last
_RANKED = (
    _present("ix_score_version_by_expected_loss", "expected_loss"),
    *(_present(f"ix_score_version_by_{name}", name, "expected_loss") for name in ("ead", "pd", "grade")),
    _present("ix_score_version_by_days_past_due", "days_past_due", "expected_loss", where="superseded_at IS NULL AND days_past_due > 0"),
    _present("ix_score_version_without_loss", "customer_id", where="superseded_at IS NULL AND expected_loss IS NULL"),
)


class ScoreVersionRow(Table):
    """A customer's figures; None is not computable, and ``missing`` lists the missing inputs. Amounts are in ``currency``.

    Figures for sorting and totals have columns; the whole set is in ``figures``, in the order of the run's names, and the versions of
    facts behind it likewise in ``sources`` (``storage/figure_blobs.py``). The inputs are the versions of facts known at the run's
    time; ``rating_id`` names the applicable letter. ``drivers`` and ``driver_words`` are the reasons for the grade
    (``storage/scoring/packed_drivers.py``); those of the first runs are rows of ``score_driver``. ``next_change`` is the first day on
    which the same facts may give another score, None for none.
    """

    __tablename__ = "score_version"
    __table_args__ = (
        current("uq_score_version_current", "customer_id"),
        Index("ix_score_version_history", "customer_id", "known_at"),
        Index(
            "ix_score_version_next_change",
            "next_change",
            sqlite_where=text("superseded_at IS NULL"),
            postgresql_where=text("superseded_at IS NULL"),
        ),
        *_RANKED,
        numbered(),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("score_run.id"))
    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id"))
    grade: Mapped[int | None]
    model_grade: Mapped[int | None]
    override_id: Mapped[int | None]
    points: Mapped[float | None]
    confidence: Mapped[float | None]
    stage: Mapped[int | None]
    category: Mapped[int | None]
    pd: Mapped[float | None]
    lgd: Mapped[float | None]
    ead: Mapped[Decimal | None]
    expected_loss: Mapped[Decimal | None]
    ecl: Mapped[Decimal | None]
    rwa: Mapped[Decimal | None]
    currency: Mapped[str]
    rating_id: Mapped[int | None] = mapped_column(ForeignKey("rating_version.id"))
    missing: Mapped[str | None]
    figures: Mapped[bytes | None]
    sources: Mapped[bytes | None]
    fingerprint: Mapped[int] = mapped_column(BigInteger)
    known_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    drivers: Mapped[bytes | None]
    driver_words: Mapped[str | None]
    days_past_due: Mapped[float | None]
    next_change: Mapped[date | None]


class ScoreMarkRow(Table):
    """A customer whose facts have changed since it was last scored; None is everybody."""

    __tablename__ = "score_mark"
    __table_args__ = (numbered(),)
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[str | None]


class ScoreStateRow(Table):
    """The last day as of which all scores stood, one row, with its policy and model."""

    __tablename__ = "score_state"
    id: Mapped[int] = mapped_column(primary_key=True)
    as_of: Mapped[date]
    policy: Mapped[str]
    model: Mapped[str]


class ScoreDriverRow(Table):
    """One reason for a grade in an early run: its figure, and the grade that it requires on its own."""

    __tablename__ = "score_driver"
    __table_args__ = (UniqueConstraint("score_id", "driver"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    score_id: Mapped[int] = mapped_column(ForeignKey("score_version.id"))
    driver: Mapped[str]
    grade: Mapped[int]
    value: Mapped[float | None]
    as_of: Mapped[date | None]
    reference: Mapped[str | None]
