"""digest: print it, or send it to the digest channel."""

from __future__ import annotations

import argparse
from contextlib import closing

from bot.cli.common import Commands, policy_of
from bot.clock import Clock
from bot.house import open_database
from bot.settings import Settings
from commands import digest as digest_texts
from commands.kit.i18n import Reader, reading
from commands.kit.terminal import lines


def add(commands: Commands) -> None:
    digesting = commands.add_parser("digest", help="print the digest, or send it to the digest channel")
    digesting.add_argument("--send", action="store_true", help="send it now, through the running bot")
    digesting.set_defaults(run=digest)


def digest(parsed: argparse.Namespace, env: Settings) -> int:
    """Print the digest, or queue it for the channel."""
    policy, now = policy_of(env), Clock().now()
    with closing(open_database(env)) as database:
        if parsed.send:
            with database.begin(write=True) as tx:
                digest_texts.send_now(now, policy, tx)
            print("The digest is queued; the running bot posts it.")
            return 0
        with database.begin() as tx, reading(Reader("en_GB", policy.digest.timezone)):
            message = digest_texts.compose(tx, policy, since=digest_texts.since_when(tx, now), until=now)
            print("\n".join(lines(message)))
    return 0
