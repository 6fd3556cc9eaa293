"""Every stored figure of the sample book, and of mutated ones, is what plain Python works out from the standards and exported files."""

from __future__ import annotations

from datetime import timedelta

import pytest

from risk_engine.policy.policy import Policy
from storage.data.sample_book import write_sample_book
from storage.database import Database
from storage.migrations import migrate
from storage.sight import EVERYTHING
from tests.recomputation import judgements, later, mutated, recomputed
from tests.recomputation.stored import DAY, LOADED, differences, load, scored

WEEK = DAY + timedelta(days=7)
# a view of the economy that is not neutral: three scenarios, of which one has its years and one its own LGDs
SCENARIOS = [
    {"name": "base", "weight": 0.5},
    {"name": "up", "weight": 0.2, "pd": [0.8], "lgd": 0.95},
    {"name": "down", "weight": 0.3, "pd": [1.7, 1.4, 1.1], "lgd": 1.2},
]


@pytest.fixture
def loaded(masters, tmp_path):
    """Load the sample book, or one mutated by a seed, and return its database."""
    opened = []

    def load_it(seed=None):
        write_sample_book(tmp_path, seed=7, today=DAY)
        if seed is not None:
            mutated.mutate(tmp_path, seed, DAY)
        opened.append(Database(masters.sqlite(migrate.upgrade, tmp_path / "riskbot.db")))
        for kind in LOADED:
            load(opened[0], tmp_path, kind)
        return opened[0]

    yield load_it
    for database in opened:
        database.close()


@pytest.fixture
def judged(loaded, tmp_path, policy):
    """Score a book once, and return its figures as stored and as worked out anew."""

    def judge(seed=None):
        stored, exported = scored(loaded(seed), policy, tmp_path, DAY)
        return stored, recomputed.figures(exported, stored)

    return judge


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


@pytest.mark.long
@pytest.mark.parametrize("seed", [None, 7])
def test_losses_over_several_scenarios_are_worked_out_anew(loaded, tmp_path, policy, seed):
    stated = policy.model_dump(mode="json", exclude_none=True)
    stated["impairment"]["scenario"] = SCENARIOS
    stored, exported = scored(loaded(seed), Policy.model_validate(stated), tmp_path, DAY)
    exported.policy["impairment"]["scenario"] = SCENARIOS

    assert differences(stored, recomputed.figures(exported, stored)) == []


@pytest.mark.long
@pytest.mark.parametrize("seed", range(8, 11))
def test_judgements_and_a_second_run_after_a_week_are_worked_out_anew(loaded, tmp_path, policy, seed):
    database = loaded(seed)
    first, exported = scored(database, policy, tmp_path, DAY)
    before = recomputed.defaults(exported)
    with database.begin(EVERYTHING, write=True) as tx:
        approved = judgements.write(tx, seed, DAY, WEEK, exported, before)
    later.change(tmp_path, seed, WEEK)
    for kind in later.CHANGED:
        load(database, tmp_path, kind, WEEK)
    second, exported = scored(database, policy, tmp_path, WEEK)
    exported.before, exported.judgements, exported.fed = before, approved, DAY
    anew = recomputed.figures(exported, second)

    assert differences(second, anew) == []
    # defaults have begun, have gone into probation, have gone on, and have been ended or set aside
    moves = {(first[id]["default_reasons"] > 0, second[id]["default_reasons"] > 0, second[id]["default_ends"] is not None) for id in first}
    assert len(moves) >= 4
    assert any(found["stage_reasons"] & 8192 for found in anew.values())
