"""run and migrate: the bot's process, and its tables."""

from __future__ import annotations

import argparse
import signal
import threading
from contextlib import closing

from bot import logs
from bot.application import Application, connect, open_database
from bot.cli.common import Commands, base_policy
from bot.settings import Settings
from storage import migrate as migrations
from storage import private
from storage.data.files.staging import FOLDERS


def add(commands: Commands) -> None:
    running = commands.add_parser("run", help="run the bot (Socket Mode if SLACK_APP_TOKEN is set, else HTTP on PORT)")
    running.set_defaults(run=run)
    migrating = commands.add_parser("migrate", help="bring the database's tables up to date")
    migrating.set_defaults(run=migrate)


def run(parsed: argparse.Namespace, env: Settings) -> int:
    """Run until a signal arrives."""
    env.require_slack()
    logs.configure()
    # remove customers' data left by killed imports
    private.sweep(FOLDERS)
    policy = base_policy(env)
    application = Application(env, open_database(env), policy)
    ended = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: ended.set())
    application.start()
    ended.wait()
    application.close()
    return 0


def migrate(parsed: argparse.Namespace, env: Settings) -> int:
    """Upgrade the tables, on either database."""
    with closing(connect(env)) as database:
        print(f"The tables are at revision {migrations.upgrade(database)}.")
    return 0
