"""Claims for the tests of the five categories: a row a claim, of which only what is unusual is said."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from risk_engine.classification.categories import Category
from risk_engine.classification.categories_policy import Categories, Cure
from risk_engine.classification.category_rules import Claims
from risk_engine.classification.cure import Record
from risk_engine.impairment.staging import Stage

POLICY = Categories(
    technical_days=7,
    substandard_days=90,
    doubtful_days=270,
    loss_days=360,
    doubtful_ecl=0.5,
    loss_ecl=0.9,
    downgrade_notches=3,
    elsewhere=0.2,
    contagion=0.1,
    needed=("days_past_due", "stage", "ecl", "book"),
    cure=Cure(instalments=2, months=6, restructured_months=12),
)
# a claim of which everything is known and nothing is wrong
SOUND: dict[str, Any] = {
    "owner": 0,
    "retail": False,
    "days_past_due": 0.0,
    "technical": False,
    "stage": Stage.ONE,
    "impaired": False,
    "ecl": 1.0,
    "book": 100.0,
    "diverted": False,
    "refinanced": False,
    "evaded": False,
    "bankrupt": False,
    "restructurings": 0,
    "downgrade": 0.0,
    "elsewhere": 0.0,
    "non_performing_elsewhere": False,
    "enhanced": False,
}
NEW: dict[str, Any] = {"before": Category.NONE, "paid_up": False, "able": False, "instalments": math.nan, "months": math.nan}
_TYPES = {bool: np.bool_, float: np.float64, int: np.int64, Stage: np.int8, Category: np.int8}


def _columns(rows, usual):
    return {name: np.array([row.get(name, value) for row in rows], dtype=_TYPES[type(value)]) for name, value in usual.items()}


def claims(*rows: dict[str, Any]) -> Claims:
    return Claims(**_columns(rows, SOUND))


def record(*rows: dict[str, Any]) -> Record:
    return Record(**_columns(rows, NEW))
