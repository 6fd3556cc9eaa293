"""Scores as rows of an export: figures, and the reasons of stage, category and default in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from commands.scoring import default_words, pd_words
from risk_engine.classification.categories import Category
from risk_engine.ratings.customer_pd import PdOrigin
from risk_engine.references import OverrideId
from storage.database import Tx
from storage.scoring import exported_scores, guarantors
from storage.scoring.exported_scores import ExportedScore
from storage.scoring.guarantors import Guarantor

COLUMNS: dict[str, type] = {
    "customer": str,
    "name": str,
    "grade": str,
    "model_grade": str,
    "override": str,
    "override_until": date,
    "rating": str,
    "rating_agency": str,
    "rating_as_of": date,
    "points": float,
    "stage": int,
    "stage_reasons": str,
    "category": str,
    "category_reasons": str,
    "default": str,
    "default_since": date,
    "default_ends": date,
    "default_reasons": str,
    "days_past_due": float,
    "overdue_amount": float,
    "pd": float,
    "pd_origin": str,
    "guaranteed_share": float,
    "guarantor": str,
    "pd_after_guarantees": float,
    "lgd": float,
    "ead": Decimal,
    "expected_loss": Decimal,
    "rwa": Decimal,
    "ecl": Decimal,
    "currency": str,
    "as_of": date,
}
# the columns beside those of a list's own, in every list of customers
BESIDE = tuple(name for name in COLUMNS if name not in ("customer", "name", "grade", "as_of"))
_BORN = date(1970, 1, 1)


def count(tx: Tx, at: datetime | None) -> int:
    """Return the number of rows as known now, or at a moment."""
    return exported_scores.count(tx, at=at)


def rows(tx: Tx, at: datetime | None) -> Iterator[Sequence[tuple[Any, ...]]]:
    """Yield the rows by customer, in chunks, with words in the reader's language."""
    for chunk in exported_scores.exported(tx, at=at):
        guaranteed = _guarantors(tx, chunk)
        yield [_row(one, guaranteed) for one in chunk]


def beside(tx: Tx, customers: Collection[str], at: datetime | None) -> dict[str, tuple[Any, ...]]:
    """Return the cells of :data:`BESIDE` by customer; customers without a score are omitted."""
    found = exported_scores.of(tx, customers, at=at)
    guaranteed = _guarantors(tx, found.values())
    cells = {customer: _cells(one, guaranteed) for customer, one in found.items()}
    return {customer: tuple(row[name] for name in BESIDE) for customer, row in cells.items()}


def _guarantors(tx: Tx, found: Iterable[ExportedScore]) -> dict[int, Guarantor]:
    return guarantors.of(tx, [one.guarantee for one in found if one.guarantee is not None])


def _row(one: ExportedScore, guaranteed: Mapping[int, Guarantor]) -> tuple[Any, ...]:
    cells = _cells(one, guaranteed)
    return tuple(cells[name] for name in COLUMNS)


def _cells(one: ExportedScore, guaranteed: Mapping[int, Guarantor]) -> dict[str, Any]:
    figures, guarantor = one.figures, guaranteed.get(one.guarantee or 0)
    return {
        "customer": one.customer,
        "name": one.name,
        "grade": one.grade.name.lower(),
        "model_grade": one.model.name.lower(),
        "override": str(OverrideId(one.override)) if one.override else None,
        "override_until": one.until,
        "rating": one.rating,
        "rating_agency": one.agency,
        "rating_as_of": one.rated,
        "points": one.points,
        "days_past_due": figures.get("days_past_due"),
        "overdue_amount": figures.get("overdue_amount"),
        "pd": one.pd,
        "pd_origin": PdOrigin(int(figures.get("pd_origin") or 0)).name.lower(),
        "guaranteed_share": figures.get("guaranteed_share"),
        "guarantor": guarantor.id if guarantor else None,
        "pd_after_guarantees": pd_words.after_guarantees(one, figures),
        "lgd": one.lgd,
        "ead": one.ead,
        "expected_loss": one.expected_loss,
        "rwa": one.rwa,
        "ecl": one.ecl,
        "currency": one.currency,
        "as_of": one.as_of,
        "stage": one.stage,
        "stage_reasons": default_words.stage_reasons(one.stage, figures) or None,
        "category": Category(one.category).name.lower() if one.category else None,
        "category_reasons": default_words.category_reasons(figures) or None,
        "default": "yes" if figures.get("default_reasons") else "no",
        "default_since": _day(figures.get("default_since")),
        "default_ends": _day(figures.get("default_ends")),
        "default_reasons": default_words.reasons(figures.get("default_reasons")) or None,
    }


def _day(figure: float | None) -> date | None:
    return None if figure is None else _BORN + timedelta(days=int(figure))
