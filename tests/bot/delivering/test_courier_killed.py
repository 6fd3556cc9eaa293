"""Couriers are killed at every point of their way while the network breaks: nobody reads anything twice, or never."""

from __future__ import annotations

import random

import pytest

from playground.hosting import Playground
from risk_engine.policy.policy import Policy
from storage.database import Database
from tests.chaos.courier import FAULTS, campaign

KILLS = {"sqlite": 20, "postgresql": 10}


@pytest.mark.slow
def test_nothing_is_lost_doubled_or_overtaken(workspace: Playground, database: Database, database_url: str, policy: Policy):
    kills = KILLS[database.dialect]
    tally = campaign(workspace, database, database_url, policy, kills=kills, dice=random.Random(11))

    assert (tally.lost, tally.doubled, tally.out_of_order) == ([], [], [])
    # a campaign that hits nothing proves nothing
    assert tally.kills == kills
    assert len(tally.killed_at) >= kills // 3
    assert tally.faults.keys() & set(FAULTS)
    assert tally.faults.total() >= kills // 3
    assert tally.found_again >= 2
