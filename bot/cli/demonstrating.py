"""demo: the sample book of invented borrowers."""

from __future__ import annotations

import argparse
import tempfile
from contextlib import closing
from pathlib import Path

from bot.cli.common import Commands, policy_of
from bot.cli.importing import load
from bot.clock import Clock
from bot.house import open_database
from bot.settings import Settings
from storage.files import KindName

SEED = 17
KINDS: tuple[KindName, ...] = ("customers", "facilities", "ratings", "observations")


def add(commands: Commands) -> None:
    demonstrating = commands.add_parser("demo", help="load the sample book of invented borrowers")
    demonstrating.set_defaults(run=demo)


def demo(parsed: argparse.Namespace, env: Settings) -> int:
    """Load the sample book; a second time changes only what its dates have moved on to."""
    from storage.sample_book import write_sample_book

    policy = policy_of(env)
    with closing(open_database(env)) as database, tempfile.TemporaryDirectory() as folder:
        write_sample_book(Path(folder), seed=SEED, today=Clock().now().date())
        for kind in KINDS:
            load(database, policy, kind, Path(folder) / f"{kind}.csv")
    return 0
