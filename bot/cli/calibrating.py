"""calibrate: the line from points to PDs, fitted to the book's own outcomes."""

from __future__ import annotations

import argparse
from contextlib import closing

from bot.cli.common import Parser, day, policy_of
from bot.clock import Clock
from bot.opening import open_database
from bot.scoring.scoring import today
from bot.settings import Settings
from commands.validation import calibrating
from commands.validation.validating import Question
from storage.sight import EVERYTHING


def add_calibrate(parser: Parser) -> None:
    parser.add_argument("--as-of", type=day, metavar="DATE", help="the day of the points (default: one horizon before the newest outcome)")
    parser.add_argument(
        "--dated", action="store_true", help="take facts by their own dates with today's values, for a book that was loaded later"
    )
    parser.set_defaults(run=calibrate)


def calibrate(parsed: argparse.Namespace, env: Settings) -> int:
    """Print the fitted line with its tests, and the proposal to type; nothing is stored."""
    with closing(open_database(env)) as database:
        policy = policy_of(env, database)
        now = today(policy, Clock().now())
        with database.begin(EVERYTHING) as tx:
            seen = calibrating.read(tx, policy, Question(parsed.as_of), today=now, dated=parsed.dated)
    print("\n".join(calibrating.calibrate(policy, seen).lines(now)))
    return 0
