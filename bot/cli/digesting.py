"""digest: print it, or send it to its channel."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing

from bot.cli.common import Parser, policy_of
from bot.clock import Clock
from bot.opening import open_database
from bot.settings import Settings
from commands.digest import digest as digest_texts
from commands.digest.editions import Edition, editions, span
from commands.kit.i18n import Reader, reading
from commands.kit.terminal import lines
from risk_engine.policy.policy import Policy
from storage.database import Database
from storage.sight import EVERYTHING


def add_digest(digesting: Parser) -> None:
    digesting.add_argument("--send", action="store_true", help="send it now, through the running bot")
    digesting.add_argument("--channel", metavar="NAME", help="a channel's digest, by name or id (default: the policy's digest channel)")
    digesting.set_defaults(run=digest)


def digest(parsed: argparse.Namespace, env: Settings) -> int:
    """Print a digest, or queue it for its channel."""
    with closing(open_database(env)) as database:
        policy = policy_of(env, database)
        with database.begin(EVERYTHING) as tx:
            every = editions(policy, tx)
        wanted = (parsed.channel or policy.channels.digest).lstrip("#")
        edition = next((one for one in every if one.channel.lstrip("#") == wanted), None)
        if edition is None:
            print(f"--channel {wanted}: this channel has no digest; there are: {', '.join(one.channel for one in every)}", file=sys.stderr)
            return 1
        return _send(database, edition, policy) if parsed.send else _print(database, edition, policy)


def _send(database: Database, edition: Edition, policy: Policy) -> int:
    with database.begin(EVERYTHING, write=True) as tx:
        digest_texts.send_now(edition, Clock().now(), policy, tx)
    print("The digest is queued; the running bot posts it.")
    return 0


def _print(database: Database, edition: Edition, policy: Policy) -> int:
    with database.begin(EVERYTHING) as tx, reading(Reader("en_GB", edition.daily.zone.key, many=True, masked=False)):
        said = digest_texts.compose(tx, policy, span(edition, Clock().now(), tx))
        print("\n".join(lines(said.message)))
        if said.detail:
            print("\n" + "\n".join(lines(said.detail)))
    return 0
