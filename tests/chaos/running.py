"""What every campaign stands on: its arguments, a database, a workspace."""

from __future__ import annotations

import argparse
import logging
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from playground.hosting import Playground
from risk_engine.policy import Policy
from storage import migrate, policies
from storage.database import Database
from tests import database_server
from tests.conftest import MANIFEST
from tests.processes import FORKS, PRELOADED


def arguments(story: str | None, *, kills: int = 200) -> argparse.Namespace:
    """How many kills, on which database, from which seed."""
    parser = argparse.ArgumentParser(description=(story or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=kills, help=f"how many processes have to die (default {kills})")
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL of its own instead of SQLite")
    parser.add_argument("--seed", type=int, default=17, help="where chance begins (default 17)")
    # what goes wrong on order is no news
    logging.getLogger("bot").setLevel(logging.CRITICAL)
    # a child imports its parent's main module anew, with all that it needs
    FORKS.set_forkserver_preload([*PRELOADED, "tests.chaos.running"])
    return parser.parse_args()


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
