"""Real sets to try the scorecard on, where they are present: nothing of them is part of the repository.

``RISKBOT_REAL_SETS`` names the folder. ``polish_bankruptcy_5year.csv``: UCI Machine Learning Repository, set 365 (CC BY 4.0), firms with 64
ratios and their bankruptcy within a year. ``corporate_rating.csv``: dated ratings of US issuers with 25 ratios.
"""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from risk_engine.facts.facts import Facts
from tests.risk_engine import books

Floats = NDArray[np.float64]

FOLDER = Path(os.environ.get("RISKBOT_REAL_SETS", "real-sets"))
POLISH, ISSUERS = FOLDER / "polish_bankruptcy_5year.csv", FOLDER / "corporate_rating.csv"
# the least of the wild outliers: the set has ratios of 10^8
_WILD = 1e6


@dataclass(frozen=True, slots=True)
class RealSet:
    """A set of firms as the facts of a book, with 1 for each bad one, and the group within which firms belong together."""

    facts: Facts
    bad: Floats
    group: NDArray[np.int64]


def polish() -> RealSet:
    """Return the Polish firms with statements made from their ratios, total assets being 1,000."""
    with POLISH.open(newline="") as file:
        rows = list(csv.DictReader(file))
    a = {name: np.array([float(row[name] or "nan") for row in rows]) for name in rows[0] if name.startswith("attr")}
    lines = {name: 1000.0 * column for name, column in _polish_lines(a).items()}
    count = len(rows)
    filled = [
        (place, {name: float(column[place]) for name, column in lines.items() if np.isfinite(column[place])}) for place in range(count)
    ]
    accounts = books.statements(count, filled)
    bad = np.array([float(row["bankrupt"]) for row in rows])
    return RealSet(books.book(count, customers=books.customers(count, ["other"] * count), accounts=accounts), bad, np.arange(count))


def _polish_lines(a: dict[str, Floats]) -> dict[str, Floats]:
    """Return lines of a statement per unit of total assets."""
    current, owed_soon, sales, ebit = a["attr50"] * a["attr2"], a["attr51"], a["attr9"], a["attr7"]
    inventory, cash = current - a["attr46"] * a["attr51"], a["attr40"] * a["attr51"]
    depreciation = np.maximum(a["attr13"] * sales - a["attr18"], 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        interest = a["attr22"] / a["attr27"]
    return {
        "total_assets": np.ones(len(ebit)),
        "current_assets": current,
        "cash": cash,
        "inventory": inventory,
        "total_liabilities": a["attr2"],
        "current_liabilities": owed_soon,
        "equity": a["attr10"],
        "retained_earnings": a["attr6"],
        "revenue": sales,
        "ebit": ebit,
        "ebitda": ebit + depreciation,
        "depreciation": depreciation,
        "interest_expense": np.where(interest >= 0, interest, np.nan),
        "net_income": a["attr1"],
    }


def issuers() -> tuple[RealSet, NDArray[np.object_]]:
    """Return the US issuers with the ratios of their ratings as readings, bad being B or worse; and the letters."""
    with ISSUERS.open(newline="") as file:
        rows = list(csv.DictReader(file))

    def column(name: str) -> Floats:
        found = np.array([float(row[name] or "nan") for row in rows])
        return np.where(np.abs(found) < _WILD, found, np.nan)

    letters = np.array([row["Rating"] for row in rows], dtype=object)
    with np.errstate(divide="ignore", invalid="ignore"):
        figures = {
            "current_ratio": column("currentRatio"),
            "debt_ratio": column("debtRatio"),
            "roa": column("returnOnAssets"),
            "x3": column("ebitPerRevenue") * column("assetTurnover"),
            "x4": 1.0 / column("debtEquityRatio"),
        }
    count = len(rows)
    found = {name: [(place, float(values[place])) for place in np.flatnonzero(np.isfinite(values))] for name, values in figures.items()}
    facts = books.book(count, customers=books.customers(count, ["other"] * count), readings=books.readings(count, found))
    bad = np.isin(letters, ["B", "CCC", "CC", "C", "D"]).astype(float)
    _names, group = np.unique([row["Symbol"] for row in rows], return_inverse=True)
    return RealSet(facts, bad, group), letters
