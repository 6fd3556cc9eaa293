"""outbox: undelivered messages, and requeueing."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing

from tabulate import tabulate

from bot.cli.common import Parser, me, policy_of
from bot.clock import Clock
from bot.opening import open_database
from bot.settings import Settings
from commands.delivery import outbox_words
from commands.delivery.outbox import ALL, requeued
from commands.kit.contract import Refused
from commands.kit.i18n import Reader, reading
from commands.kit.wording import words
from risk_engine.policy.policy import Policy
from storage.database import Database, Tx
from storage.delivery import inbox, outbox
from storage.sight import EVERYTHING

SHOWN = 100
HEADINGS = ("No.", "For", "Since", "Next try", "Why")


def add_outbox(parser: Parser) -> None:
    parser.set_defaults(run=show)
    topics = parser.add_subparsers(metavar="WHAT")
    again = topics.add_parser("requeue", help="send messages again that were given up")
    which = again.add_mutually_exclusive_group(required=True)
    which.add_argument("what", nargs="?", metavar="N", help="a message's number, or a cause from the list")
    which.add_argument("--all", action="store_true", help="every message that was given up")
    again.set_defaults(run=requeue)


def show(parsed: argparse.Namespace, env: Settings) -> int:
    """Print undelivered messages, dead ones first; findings are an answer, not a failure."""
    with closing(open_database(env)) as database:
        policy = policy_of(env, database)
        with database.begin(EVERYTHING) as tx, reading(Reader("en_GB", policy.digest.timezone, masked=False)):
            _print(tx, policy)
    return 0


def _print(tx: Tx, policy: Policy) -> None:
    now = Clock().now()
    count, unsent = outbox.page(tx, limit=SHOWN)
    dead = sum(cause.count for cause in outbox.causes(tx, before=now) if cause.dead)
    print(f"{count - dead} waiting, {dead} undelivered.")
    rows = [
        (
            one.number,
            outbox_words.place_in_table(one.audience, policy, str),
            words.ago(one.since, now),
            "given up" if one.next_at is None else "when the policy allows it" if one.held else words.moment(one.next_at),
            _why(one.error),
        )
        for one in unsent
    ]
    if rows:
        print(
            "\n" + tabulate(rows, headers=("No.", "For", "Since", "Next try", "Why"), disable_numparse=True, maxcolwidths=[None] * 4 + [70])
        )
    if count > len(rows):
        print(f"\n{count - len(rows)} more.")
    for failed in inbox.failed(tx)[:SHOWN]:
        print(
            f"Failed by a fault of the bot: {failed.command}, asked by {failed.person}, {words.moment(failed.at)}, reference {failed.mark}."
        )


def _why(error: str) -> str:
    """Return the reason in words, with Slack's code for it; some reasons are stored as words."""
    told = str(outbox_words.reason(error))
    return told if told == error else f"{told} ({error})"


def requeue(parsed: argparse.Namespace, env: Settings) -> int:
    """Requeue messages for the running bot."""
    with closing(open_database(env)) as database:
        return _requeue(database, policy_of(env, database), ALL if parsed.all else parsed.what)


def _requeue(database: Database, policy: Policy, what: str) -> int:
    try:
        with database.begin(EVERYTHING, write=True) as tx:
            numbers = requeued(what.strip(), me(), policy, tx, at=Clock().now())
    except Refused as refused:
        print(str(refused.sentence).replace("`/risk outbox`", "python -m bot outbox"), file=sys.stderr)
        return 1
    print(f"{len(numbers)} will be sent again: {', '.join(map(str, numbers[:20]))}{' …' if len(numbers) > 20 else ''}")
    return 0
