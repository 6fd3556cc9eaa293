"""Scores as rows of an export: figures, and the reasons of stage, category and default in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from commands.scoring import default_words
from risk_engine.classification.categories import Category
from risk_engine.ratings.customer_pd import PdOrigin
from storage.database import Tx
from storage.scoring import exported_scores
from storage.scoring.exported_scores import ExportedScore

COLUMNS: dict[str, type] = {
    "customer": str,
    "name": str,
    "grade": str,
    "model_grade": str,
    "points": float,
    "stage": int,
    "stage_reasons": str,
    "category": str,
    "category_reasons": str,
    "default_since": date,
    "default_ends": date,
    "default_reasons": str,
    "days_past_due": float,
    "overdue_amount": float,
    "pd": float,
    "pd_origin": str,
    "lgd": float,
    "ead": Decimal,
    "expected_loss": Decimal,
    "rwa": Decimal,
    "ecl": Decimal,
    "currency": str,
    "as_of": date,
}
# what is said of the state of a customer, for lists of other orders
STATE = ("stage", "stage_reasons", "category", "category_reasons", "default_since", "default_ends", "default_reasons")
_BORN = date(1970, 1, 1)


def count(tx: Tx, at: datetime | None) -> int:
    """Return the number of rows as known now, or at a moment."""
    return exported_scores.count(tx, at=at)


def rows(tx: Tx, at: datetime | None) -> Iterator[Sequence[tuple[Any, ...]]]:
    """Yield the rows by customer, in chunks, with words in the reader's language."""
    for chunk in exported_scores.exported(tx, at=at):
        yield [_row(one) for one in chunk]


def _row(one: ExportedScore) -> tuple[Any, ...]:
    figures = one.figures
    cells = {
        "customer": one.customer,
        "name": one.name,
        "grade": one.grade.name.lower(),
        "model_grade": one.model.name.lower(),
        "points": one.points,
        "days_past_due": figures.get("days_past_due"),
        "overdue_amount": figures.get("overdue_amount"),
        "pd": one.pd,
        "pd_origin": PdOrigin(int(figures.get("pd_origin") or 0)).name.lower(),
        "lgd": one.lgd,
        "ead": one.ead,
        "expected_loss": one.expected_loss,
        "rwa": one.rwa,
        "ecl": one.ecl,
        "currency": one.currency,
        "as_of": one.as_of,
        **state(one.stage, one.category, figures),
    }
    return tuple(cells[name] for name in COLUMNS)


def state(stage: int | None, category: int | None, figures: Mapping[str, float | None]) -> dict[str, Any]:
    """Return the cells of :data:`STATE`; None for what is not known, and for a default that is not there."""
    return {
        "stage": stage,
        "stage_reasons": default_words.stage_reasons(stage, figures) or None,
        "category": Category(category).name.lower() if category else None,
        "category_reasons": default_words.category_reasons(figures) or None,
        "default_since": _day(figures.get("default_since")),
        "default_ends": _day(figures.get("default_ends")),
        "default_reasons": default_words.reasons(figures.get("default_reasons")) or None,
    }


def _day(figure: float | None) -> date | None:
    return None if figure is None else _BORN + timedelta(days=int(figure))
