"""A running bot with the sample book in a workspace, for benchmarks and pictures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.application import Application
from bot.settings import Settings
from commands.data.after_load import follow_up
from commands.data.importing import run_import
from playground.hosting import Playground
from risk_engine.policy.policy import Policy
from storage.data.sample_book import sample_file, write_sample_book
from storage.database import Database
from storage.migrations import migrate
from storage.policy import policies

KINDS: Any = (
    *("customers", "facilities", "ratings", "statements", "rates", "outcomes"),
    *("instalments", "payments", "collateral", "guarantees", "projections", "incidents", "transactions", "observations"),
)


def load(database: Database, policy: Policy, kind: Any, file: Path) -> None:
    """Import one file and follow its indicators, as the command line does."""
    now = datetime.now(UTC)
    run_import(database, kind, file, at=now, progress=False, after_load=follow_up(policy, file=file.name, by="import"))


@contextmanager
def riskbot(workspace: Playground, folder: Path, policy: Policy | None = None) -> Iterator[Application]:
    """The product on SQLite in ``folder``, connected, with the invented book loaded."""
    policy = policy or policies.read(None)
    database = Database(f"sqlite:///{folder}/riskbot.db")
    migrate.upgrade(database)
    write_sample_book(folder, seed=17, today=datetime.now(UTC).date())
    for kind in KINDS:
        load(database, policy, kind, sample_file(folder, kind))
    env = Settings(slack_bot_token=workspace.bot_token, slack_app_token=workspace.app_token, slack_api_url=workspace.api_url)
    application = Application(env, database, policy)
    application.start()
    try:
        yield application
    finally:
        application.close()
