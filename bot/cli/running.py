"""run and migrate: the bot's process, and its tables."""

from __future__ import annotations

import argparse
import signal
import threading
from contextlib import closing

from bot import logs
from bot.cli.common import Parser, base_policy
from bot.opening import connect, open_database
from bot.settings import Settings
from storage import private
from storage.data.files.staging import FOLDERS
from storage.migrations import migrate as migrations


def add_run(parser: Parser) -> None:
    parser.set_defaults(run=run)


def add_migrate(parser: Parser) -> None:
    parser.set_defaults(run=migrate)


def run(parsed: argparse.Namespace, env: Settings) -> int:
    """Run until a signal arrives."""
    # what answers Slack is not needed to upgrade tables
    from bot.application import Application

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
