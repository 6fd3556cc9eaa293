"""A sample book in a database: loaded, scored, and exported with its stored figures."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from bot.clock import Clock
from bot.scoring import scoring
from commands.data.exporting import run_export
from storage.data import exporting, facts
from storage.data.files import stage
from storage.data.sample_book import sample_file
from storage.policy import policies
from storage.scoring import score_drivers, scores
from storage.sight import EVERYTHING
from tests.recomputation import book

DAY = date(2026, 11, 23)
LOADED = (
    *("customers", "facilities", "ratings", "statements", "rates", "outcomes", "instalments", "payments"),
    *("collateral", "guarantees", "projections", "incidents", "transactions", "observations"),
)
PACKAGED = Path(policies.__file__).parents[2] / "risk_engine" / "policy" / "policy.toml"
AMOUNTS = {"ead", "ecl", "expected_loss", "rwa", "rwa_standard", "exposure", "overdue_amount", "group_sales"}
# a claim's amount on half a cent may be rounded either way
HALF_A_CENT = 0.0051


class Noon(Clock):
    """Noon of a day."""

    def __init__(self, day):
        self._day = day

    def now(self):
        return hour(self._day, 12)


def hour(day, hours):
    return datetime(day.year, day.month, day.day, hours, tzinfo=UTC)


def scored(database, policy, folder, day):
    """Score the book on a day, and return its stored figures and the book as exported."""
    scoring.score(database, policy, Noon(day), by="test")
    for kind in book.KINDS:
        run_export(database, kind, folder / f"{kind}.csv", now=hour(day, 12), as_of=None, force=True, by="test")
    return figures(database), book.Book.of(folder, day, book.policy(PACKAGED))


def load(database, folder, kind, day=DAY):
    """Load a file of the book; rows that a mutation made impossible are left out."""
    with stage(kind, sample_file(folder, kind), None, today=day) as staged:
        with database.begin(EVERYTHING) as tx:
            facts.refuse_strangers(tx, staged)
        with database.begin(EVERYTHING, write=True) as tx:
            facts.load(tx, staged, at=hour(day, 9))


def figures(database):
    """Return the stored figures of every customer."""
    with database.begin(EVERYTHING) as tx:
        customers = [row[0] for chunk in exporting.facts_of(tx, "customers") for row in chunk]
        return {customer: scores.detail(tx, score).figures | graded(tx, score) for customer, score in scores.of(tx, customers).items()}


def graded(tx, score):
    """Return the model's grade, and the worst that breaches, threats and incidents ask for, which the exported files do not tell."""
    found = score_drivers.of(tx, [score.id])[score.id]
    register = [int(one.grade) for one in found if one.name in {"breach", "threat", "incident"}]
    return {"model_grade": int(score.model), "register_grade": max(register, default=0)}


def differences(stored, anew):
    """Return the figures that differ by more than a rounding, each with both values."""
    return [
        (customer, name, value, stored[customer][name])
        for customer, found in anew.items()
        for name, value in found.items()
        if not alike(name, value, stored[customer][name])
    ]


def alike(name, one, other):
    if one is None or other is None:
        return one is other
    return abs(one - other) <= max(3e-9 * abs(other), 2 * HALF_A_CENT if name in AMOUNTS else 1e-9)
