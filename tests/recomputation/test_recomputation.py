"""Every stored figure of the sample book, and of mutated ones, is what plain Python works out from the standards and exported files."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.scoring import scoring
from commands.data.exporting import run_export
from storage.data import exporting, facts
from storage.data.files import stage
from storage.data.sample_book import sample_file, write_sample_book
from storage.database import Database
from storage.migrations import migrate
from storage.policy import policies
from storage.scoring import score_drivers, scores
from storage.sight import EVERYTHING
from tests.recomputation import book, mutated, recomputed

DAY = date(2026, 11, 23)
MORNING, NOON = datetime(2026, 11, 23, 9, tzinfo=UTC), datetime(2026, 11, 23, 12, tzinfo=UTC)
LOADED = (
    *("customers", "facilities", "ratings", "statements", "rates", "outcomes", "instalments", "payments"),
    *("collateral", "guarantees", "projections", "incidents", "transactions", "observations"),
)
PACKAGED = Path(policies.__file__).parents[2] / "risk_engine" / "policy" / "policy.toml"
AMOUNTS = {"ead", "ecl", "expected_loss", "rwa", "rwa_standard", "exposure", "overdue_amount", "group_sales"}
# a claim's amount on half a cent may be rounded either way
HALF_A_CENT = 0.0051


class Noon(Clock):
    def now(self):
        return NOON


@pytest.fixture
def judged(masters, tmp_path, policy):
    """Score the sample book, or one mutated by a seed, and return its figures as stored and as worked out anew."""

    def judge(seed=None):
        write_sample_book(tmp_path, seed=7, today=DAY)
        if seed is not None:
            mutated.mutate(tmp_path, seed, DAY)
        database = Database(masters.sqlite(migrate.upgrade, tmp_path / "riskbot.db"))
        for kind in LOADED:
            load(database, tmp_path, kind)
        scoring.score(database, policy, Noon(), by="test")
        stored = figures(database)
        for kind in book.KINDS:
            run_export(database, kind, tmp_path / f"{kind}.csv", now=NOON, as_of=None, force=False, by="test")
        database.close()
        exported = book.Book.of(tmp_path, DAY, book.policy(PACKAGED))
        return stored, recomputed.figures(exported, stored)

    return judge


def load(database, folder, kind):
    """Load a file of the book; rows that a mutation made impossible are left out."""
    with stage(kind, sample_file(folder, kind), None, today=DAY) as staged:
        with database.begin(EVERYTHING) as tx:
            facts.refuse_strangers(tx, staged)
        with database.begin(EVERYTHING, write=True) as tx:
            facts.load(tx, staged, at=MORNING)


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
    return abs(one - other) <= max(1e-9 * abs(other), 2 * HALF_A_CENT if name in AMOUNTS else 1e-9)


def test_every_stored_figure_of_the_sample_book_is_worked_out_anew(judged):
    stored, anew = judged()

    assert len(anew) == 240
    assert differences(stored, anew) == []


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 7))
def test_every_stored_figure_of_a_mutated_book_is_worked_out_anew(judged, seed):
    stored, anew = judged(seed)

    states = {(found["stage"], found["category"], found["pd_origin"], found["default_reasons"] > 0) for found in anew.values()}
    assert len(states) >= 12
    assert differences(stored, anew) == []
