"""score: everybody's PD, EAD, expected loss and grade, by the policy."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date

from tqdm import tqdm

from bot.cli.common import Parser, day, me, policy_of
from bot.clock import Clock
from bot.opening import open_database
from bot.scoring import scoring
from bot.settings import Settings, SettingsError
from commands.kit.contract import Refused
from commands.scoring.scoring import Report
from risk_engine.policy.policy import Policy
from storage.database import Database
from storage.policy import policies
from storage.scoring.score_writing import Origin
from storage.sight import EVERYTHING

_BAR = "{desc}: {percentage:3.0f}%|{bar}| {elapsed} < {remaining}"


def add_score(parser: Parser) -> None:
    parser.add_argument("--as-of", type=day, metavar="DATE", help="a past day, as known at its end: print the scores, store nothing")
    parser.add_argument(
        "--customer",
        metavar="ID",
        help="score the book, then print this customer's scorecard, drivers and figures; with --as-of only print them",
    )
    parser.add_argument(
        "--all", action="store_true", help="score everybody, not only those whose data has changed or whose date of next change has come"
    )
    parser.add_argument("--explain", action="store_true", help="with --customer: also print every underlying fact, with file and row")
    parser.set_defaults(run=score, parser=parser)


def score(parsed: argparse.Namespace, env: Settings) -> int:
    """Score as of today and store the changes, or as of a past day and only print them."""
    if parsed.explain and not parsed.customer:
        parsed.parser.error("--explain needs --customer ID")
    if parsed.all and parsed.as_of:
        parsed.parser.error("--all stores scores as of today: it does not go with --as-of")
    with closing(open_database(env)) as database:
        policy = policy_of(env, database)
        if parsed.as_of and parsed.customer:
            print("\n".join(_one_past(database, policy, parsed)))
            return 0
        report = _past(database, policy, parsed.as_of) if parsed.as_of else _today(database, policy, whole=parsed.all)
        print("\n".join(report.lines()))
        if parsed.customer:
            print("\n".join(["", *_explained(database, policy, parsed.customer, sources=parsed.explain)]))
    return 0


def _today(database: Database, policy: Policy, *, whole: bool) -> Report:
    # disable=None is tqdm's word for "only on a terminal"
    with tqdm(total=1.0, desc="Scoring", bar_format=_BAR, disable=None, file=sys.stderr, leave=False) as bar:
        return scoring.score(database, policy, Clock(), by=me(), whole=whole, step=bar.update)


def _past(database: Database, policy: Policy, as_of: date) -> Report:
    clock = Clock()
    _must_be_past(policy, clock, as_of)
    return scoring.look_back(database, policy, clock, as_of)


def _must_be_past(policy: Policy, clock: Clock, as_of: date) -> None:
    if as_of >= scoring.today(policy, clock.now()):
        raise SettingsError(f"--as-of {as_of} is not in the past: expected a day before {scoring.today(policy, clock.now())}")


def _one_past(database: Database, policy: Policy, parsed: argparse.Namespace) -> list[str]:
    """Return one customer's score as known at the end of a past day."""
    clock = Clock()
    _must_be_past(policy, clock, parsed.as_of)
    origin = Origin(scoring.end_of(policy, parsed.as_of), parsed.as_of, policies.digest(policy), me())
    from commands.scoring.explaining import explain_past

    with _named(), database.begin(EVERYTHING) as tx:
        return [*explain_past(tx, policy, parsed.customer, origin, sources=parsed.explain)]


def _explained(database: Database, policy: Policy, customer: str, *, sources: bool) -> list[str]:
    # most runs explain nobody
    from commands.scoring.explaining import explain

    with _named(), database.begin(EVERYTHING) as tx:
        return [*explain(tx, policy, customer, sources=sources)]


@contextmanager
def _named() -> Iterator[None]:
    """Attribute refusals to the option --customer."""
    try:
        yield
    except Refused as refused:
        raise SettingsError(f"--customer: {refused.sentence}") from refused
