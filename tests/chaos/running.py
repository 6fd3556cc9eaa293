"""What every campaign stands on: its arguments, a database, a workspace."""

from __future__ import annotations

import argparse
import logging
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from playground.hosting import Playground
from risk_engine.policy.policy import Policy
from storage.database import Database
from storage.migrations import migrate
from storage.policy import policies
from storage.schema import DeliveryRow
from storage.sight import EVERYTHING
from tests import database_server
from tests.conftest import MANIFEST
from tests.processes import FORKS, PRELOADED


@dataclass(frozen=True)
class Wanted:
    """What a campaign was asked for; ``until`` is the monotonic second at which it ends early, and counts."""

    kills: int
    rounds: int
    postgres: bool
    seed: int
    until: float

    @property
    def over(self) -> bool:
        return time.monotonic() >= self.until


def arguments(story: str | None, *, kills: int = 200, rounds: int = 200) -> Wanted:
    """How much, on which database, from which seed, for how long."""
    parser = argparse.ArgumentParser(description=(story or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=kills, help=f"how many processes have to die (default {kills})")
    parser.add_argument("--rounds", type=int, default=rounds, help=f"how many rounds, where rounds are counted (default {rounds})")
    parser.add_argument("--minutes", type=float, default=60.0, help="how long it goes on at most; then it counts (default 60)")
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL of its own instead of SQLite")
    parser.add_argument("--seed", type=int, default=17, help="where chance begins (default 17)")
    # what goes wrong on order is no news
    logging.getLogger("bot").setLevel(logging.CRITICAL)
    # a child imports its parent's main module anew, with all that it needs
    FORKS.set_forkserver_preload([*PRELOADED, "tests.chaos.running"])
    given = parser.parse_args()
    return Wanted(given.kills, given.rounds, given.postgres, given.seed, time.monotonic() + given.minutes * 60)


@contextmanager
def staged(*, postgres: bool) -> Iterator[tuple[Playground, Database, str, Policy]]:
    """An empty workspace and a migrated database, with its address."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(_postgres(folder)) if postgres else f"sqlite:///{folder / 'riskbot.db'}"
        workspace = stack.enter_context(Playground(folder / "playground", rate_limits=False, manifest=MANIFEST))
        database = Database(url)
        stack.callback(database.close)
        migrate.upgrade(database)
        yield workspace, database, url, policies.read(None)


@contextmanager
def _postgres(folder: Path) -> Iterator[str]:
    with database_server.package(folder).get_server(str(folder / "pg"), cleanup_mode="delete") as server:
        yield server.get_uri()


def found_again(database: Database) -> int:
    """How many messages were found in the channel after a doubtful outcome."""
    with database.begin(EVERYTHING) as tx:
        again = sa.select(sa.func.count()).where(DeliveryRow.error == "found in the channel")
        return int(tx.connection.execute(again).scalar_one())
